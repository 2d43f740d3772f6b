// Does a log published as C2SP tlog-tiles hold? Read with the code of Go's checksum database.
//
//	go run . -url http://127.0.0.1:8000 -key "$KEY" [-token "$TOKEN"] [-position 2814]
//
// Nothing here is ours but the addresses: golang.org/x/mod/sumdb/note opens the signed checkpoint,
// golang.org/x/mod/sumdb/tlog checks every tile against its root, hashes every entry, and makes and
// checks the proofs, which must be the ones that the ledger gives.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height, width = 8, 1 << 8

var url, key, token string

func get(path string) []byte {
	request, err := http.NewRequest("GET", url+path, nil)
	check(err)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(err)
	if answer.StatusCode != 200 {
		log.Fatalf("%s: %s: %s", path, answer.Status, body)
	}
	return body
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// address is where the n-th tile of a level lies: the library's path without its height.
func address(level string, n int64, partial int) string {
	path := tlog.Tile{H: height, L: 0, N: n, W: partial}.Path()
	return "/log/tile/" + level + "/" + strings.TrimPrefix(path, "tile/8/0/")
}

type tiles struct{}

func (tiles) Height() int { return height }

func (tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		found = append(found, get(address(strconv.Itoa(tile.L), tile.N, tile.W)))
	}
	return found, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// checkpoint is the size and the root that the log's key has signed.
func checkpoint() tlog.Tree {
	verifier, err := note.NewVerifier(key)
	check(err)
	opened, err := note.Open(get("/log/checkpoint"), note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	fmt.Printf("checkpoint of %s: %d entries, root %v, signed by %s\n",
		lines[0], tree.N, tree.Hash, opened.Sigs[0].Name)
	return tree
}

// entries hashes every entry of every bundle, and compares with the tiles, which hang from the root.
func entries(tree tlog.Tree, reader tlog.HashReader) {
	for first := int64(0); first < tree.N; first += width {
		count := tree.N - first
		if count > width {
			count = width
		}
		bundle := bytes.NewReader(get(address("entries", first/width, int(count))))
		for n := first; n < first+count; n++ {
			var length uint16
			check(binary.Read(bundle, binary.BigEndian, &length))
			entry := make([]byte, length)
			_, err := io.ReadFull(bundle, entry)
			check(err)
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
			check(err)
			if tlog.RecordHash(entry) != hashes[0] {
				log.Fatalf("entry %d is not the one in the tree", n)
			}
		}
		if bundle.Len() != 0 {
			log.Fatalf("the bundle of entry %d holds more than it should", first)
		}
	}
	fmt.Printf("all %d entries hash to the leaves of that root\n", tree.N)
}

func told(path string) []tlog.Hash {
	var answer struct{ Hashes []string }
	check(json.Unmarshal(get(path), &answer))
	var found []tlog.Hash
	for _, text := range answer.Hashes {
		bytes, err := hex.DecodeString(text)
		check(err)
		var hash tlog.Hash
		if copy(hash[:], bytes) != len(bytes) || len(bytes) != tlog.HashSize {
			log.Fatalf("%s: not a hash: %s", path, text)
		}
		found = append(found, hash)
	}
	return found
}

func same(what string, ours, theirs []tlog.Hash) {
	if fmt.Sprint(ours) != fmt.Sprint(theirs) {
		log.Fatalf("%s: the ledger's proof is another one than the library makes", what)
	}
	fmt.Printf("%s: %d hashes, as the library makes them from the tiles\n", what, len(ours))
}

func proofs(tree tlog.Tree, reader tlog.HashReader, position int64) {
	leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, position-1)})
	check(err)
	record, err := tlog.ProveRecord(tree.N, position-1, reader)
	check(err)
	check(tlog.CheckRecord(record, tree.N, tree.Hash, position-1, leaf[0]))
	path := fmt.Sprintf("/api/log/proofs/inclusion?position=%d&size=%d", position, tree.N)
	same(fmt.Sprintf("inclusion of event %d", position), told(path), record)

	older, err := tlog.TreeHash(position, reader)
	check(err)
	grown, err := tlog.ProveTree(tree.N, position, reader)
	check(err)
	check(tlog.CheckTree(grown, tree.N, tree.Hash, position, older))
	path = fmt.Sprintf("/api/log/proofs/consistency?first=%d&second=%d", position, tree.N)
	same(fmt.Sprintf("consistency from %d", position), told(path), grown)
}

func main() {
	log.SetFlags(0)
	flag.StringVar(&url, "url", "http://127.0.0.1:8000", "the ledger's address")
	flag.StringVar(&key, "key", "", "the log's verifier key, as `ledger log key` prints it")
	flag.StringVar(&token, "token", "", "a token with the role auditor")
	position := flag.Int64("position", 1, "the event whose proofs are made")
	flag.Parse()

	tree := checkpoint()
	reader := tlog.TileHashReader(tree, tiles{})
	entries(tree, reader)
	proofs(tree, reader, *position)
}
