"""The words of the signed log: what a proof, a receipt and a witness have."""

from typing import Any

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
LOG_NOTES: dict[str, tuple[str, Any]] = {
    "InclusionAnswer.leaf_index": ("Place in the log, from 0: the position less one.", 2813),
    "InclusionAnswer.tree_size": ("The log's size to which the proof leads.", 5000),
    "InclusionAnswer.leaf_hash": ("SHA-256 of a zero byte and the event's bytes.", DIGEST),
    "InclusionAnswer.hashes": ("The path from the leaf to the root (RFC 9162).", [DIGEST]),
    "ConsistencyAnswer.first": ("The earlier size.", 2814),
    "ConsistencyAnswer.second": ("The later size.", 5000),
    "ConsistencyAnswer.hashes": ("The proof (RFC 9162, section 2.1.4).", [DIGEST]),
    "Receipt.format": ("What the file is.", "ledger-receipt/1"),
    "Receipt.leaf": ("The event, byte for byte as it was recorded.", '{"position":2814}'),
    "Receipt.leaf_index": ("Place in the log, from 0.", 2813),
    "Receipt.tree_size": ("The log's size to which the proof leads.", 5000),
    "Receipt.hashes": ("The path from the leaf to the root (RFC 9162).", [DIGEST]),
    "Receipt.checkpoint": ("The signed note of that size (C2SP).", "ledger.localhost/1f…"),
    "Receipt.verifier_key": ("The public key of the signature.", "ledger.localhost/1f…+…+…"),
    "Receipt.witness_keys": ("Public keys of those that cosigned it.", ["witness.example/w+…+…"]),
    "WitnessStanding.name": ("What the witness is called.", "witness.example/w"),
    "WitnessStanding.key": ("Its public key, if it is asked.", "witness.example/w+…+…"),
    "WitnessStanding.url": ("Where it is asked.", "https://witness.example"),
    "WitnessStanding.position": ("Up to which event it has cosigned.", 5000),
    "WitnessStanding.lag": ("How many sealed events it has not seen.", 0),
    "WitnessStanding.cosigned_at": ("When, by its own clock.", "2026-11-21T22:45:11Z"),
    "WitnessStanding.failure": ("Why it could not be asked last.", "ConnectError"),
    "Timestamp.position": ("How many events the checkpoint has.", 5000),
    "Timestamp.root": ("The root of the log then.", DIGEST),
    "Timestamp.authority": ("Who was asked.", "https://tsa.example"),
    "Timestamp.stamped_at": ("When, as the authority says.", "2026-11-21T00:00:31Z"),
    "Timestamp.received_at": ("When its answer came.", "2026-11-21T00:00:31.204117Z"),
    "Timestamp.policy": ("By which of its policies.", "2.999.3161"),
    "Timestamp.serial": ("The number of the timestamp, in hex.", "d849d0e910de29bc"),
    "Timestamp.checkpoint": ("The signed note that was stamped.", "ledger.localhost/1f…"),
    "Timestamp.response": ("The authority's answer (RFC 3161), DER in base64.", "MIIC…"),
}  # fmt: skip
