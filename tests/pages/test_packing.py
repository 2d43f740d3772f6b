"""Pages travel compressed; nobody learns from their length what stands in them."""

from gzip import decompress

from api.pages.frame.packing import packed

PAGE = "<p>Księga</p>" * 500


def test_a_page_comes_out_as_it_went_in() -> None:
    body, headers = packed(PAGE, "gzip, br")
    assert headers["Content-Encoding"] == "gzip"
    assert decompress(body).decode() == PAGE
    assert len(body) < len(PAGE) / 5


def test_the_same_page_has_another_length_each_time() -> None:
    assert len({len(packed(PAGE, "gzip")[0]) for _ in range(50)}) > 10


def test_who_does_not_take_it_compressed_gets_it_plain() -> None:
    for accepted, page in (("", PAGE), ("gzip", "kurz")):
        body, headers = packed(page, accepted)
        assert body.decode() == page
        assert "Content-Encoding" not in headers
