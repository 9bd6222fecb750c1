"""The spool: kept as it came, whole or not at all, in order, once, and nothing forgotten by a process that was killed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openjustice.confidential.collect.intake import limits as limits_of
from openjustice.confidential.collect.intake import receipts, tokens
from openjustice.confidential.collect.intake.spool import Announced, Full, OtherPlace, Spool
from openjustice.ground import errors

AT = "2026-03-02T09:00:00+00:00"
KEY = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
LIMITS = limits_of.read_limits()


def open_spool(folder: Path, **changes: int) -> Spool:
    return Spool(folder / "intake", limits=LIMITS.model_copy(update=changes), key=KEY)


def announce(content: bytes) -> Announced:
    return Announced(
        dataset="demo/custody_deaths", reporter="ME0100200", period="2022", file_name="deaths.csv", bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


def test_bytes_are_kept_as_they_came_and_receipted_when_they_are_whole(tmp_path: Path):
    spool, content = open_spool(tmp_path), bytes(range(256)) * 9
    upload = spool.announce(announce(content), at=AT)
    assert (upload.state, upload.offset, upload.receipt) == ("open", 0, None)
    half = spool.append(upload.number, content[:1000], offset=0)
    spool.append(upload.number, content[1000:], offset=half)
    done = spool.finish(upload.number, at=AT)
    assert done.state == "queue"
    found = spool.oldest()
    assert found is not None
    assert found[1].read_bytes() == content
    assert done.receipt is not None
    receipts.verify(dict(done.receipt), public=receipts.public_text(KEY))
    assert done.receipt["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_spool_opened_again_goes_on_where_it_was(tmp_path: Path):
    content = b"x" * 3000
    first = open_spool(tmp_path)
    upload = first.announce(announce(content), at=AT)
    first.append(upload.number, content[:1700], offset=0)
    again = open_spool(tmp_path)
    assert again.announce(announce(content), at=AT).offset == 1700
    again.append(upload.number, content[1700:], offset=1700)
    queued = again.finish(upload.number, at=AT)
    later = open_spool(tmp_path)
    assert later.find(upload.number) == queued
    assert later.waiting() == (1, 3000)
    assert later.finish(upload.number, at="2027-01-01T00:00:00+00:00").receipt == queued.receipt


def test_files_are_handed_on_in_the_order_in_which_they_were_whole(tmp_path: Path):
    spool = open_spool(tmp_path)
    contents = [f"{number}".encode() for number in range(12)]
    uploads = [spool.announce(announce(item), at=AT) for item in contents]
    for upload, content in sorted(zip(uploads, contents, strict=True), key=lambda pair: pair[0].number):
        spool.append(upload.number, content, offset=0)
    for upload in uploads:
        spool.finish(upload.number, at=AT)
    order = []
    while found := open_spool(tmp_path).oldest():
        order.append(found[0].number)
        open_spool(tmp_path).settle(found[0].number, {"state": "accepted"}, keep_content=False)
    assert order == [item.number for item in uploads]


def test_bytes_at_another_place_are_refused_with_the_place_to_go_on(tmp_path: Path):
    spool = open_spool(tmp_path)
    upload = spool.announce(announce(b"abcdef"), at=AT)
    spool.append(upload.number, b"abc", offset=0)
    for offset in (0, 2, 4):
        with pytest.raises(OtherPlace) as refused:
            spool.append(upload.number, b"d", offset=offset)
        assert refused.value.offset == 3
    with pytest.raises(OtherPlace):
        spool.finish(upload.number, at=AT)


def test_other_bytes_than_announced_are_dropped_and_the_upload_begins_again(tmp_path: Path):
    spool = open_spool(tmp_path)
    upload = spool.announce(announce(b"abcdef"), at=AT)
    spool.append(upload.number, b"abcdeX", offset=0)
    with pytest.raises(errors.SubmissionRefused) as refused:
        spool.finish(upload.number, at=AT)
    assert refused.value.codes == ("other_bytes",)
    found = spool.find(upload.number)
    assert found is not None
    assert (found.state, found.offset) == ("open", 0)
    with pytest.raises(errors.SubmissionRefused):
        spool.append(upload.number, b"abcdefg", offset=0)


def test_what_is_announced_wrongly_is_refused_with_every_fault(tmp_path: Path):
    spool = open_spool(tmp_path)
    with pytest.raises(errors.SubmissionRefused) as refused:
        spool.announce(replace(announce(b"x"), file_name="../x", sha256="no", bytes=0), at=AT)
    assert [fault.place.field for fault in refused.value.faults] == ["file_name", "sha256", "bytes"]
    assert all("../x" not in str(fault) for fault in refused.value.faults)


def test_a_full_queue_sends_a_new_file_away_and_lets_an_old_one_go_on(tmp_path: Path):
    spool = open_spool(tmp_path, queue_files=1)
    one = spool.announce(announce(b"one"), at=AT)
    other = spool.announce(announce(b"two"), at=AT)
    spool.append(one.number, b"one", offset=0)
    spool.finish(one.number, at=AT)
    with pytest.raises(Full):
        spool.announce(announce(b"three"), at=AT)
    spool.append(other.number, b"two", offset=0)
    assert spool.finish(other.number, at=AT).state == "queue"
    spool.settle(one.number, {"state": "accepted"}, keep_content=False)
    spool.settle(other.number, {"state": "accepted"}, keep_content=False)
    assert spool.announce(announce(b"three"), at=AT).state == "open"


def test_an_upload_that_was_cut_off_long_ago_is_dropped_and_no_receipted_one(tmp_path: Path):
    spool = open_spool(tmp_path)
    cut = spool.announce(announce(b"cut"), at=AT)
    kept = spool.announce(announce(b"kept"), at=AT)
    spool.append(kept.number, b"kept", offset=0)
    spool.finish(kept.number, at=AT)
    assert spool.forget_old(today=date(2026, 3, 9)) == 0
    assert spool.forget_old(today=date(2026, 3, 10)) == 1
    assert spool.find(cut.number) is None
    assert spool.find(kept.number) is not None


@pytest.mark.parametrize("name", ["sha256", "received_at", "bytes", "reporter", "signature"])
def test_a_receipt_with_one_word_changed_is_not_ours(tmp_path: Path, name: str):
    spool = open_spool(tmp_path)
    upload = spool.announce(announce(b"x"), at=AT)
    spool.append(upload.number, b"x", offset=0)
    receipt = json.loads(json.dumps(spool.finish(upload.number, at=AT).receipt))
    receipts.verify(receipt, public=receipts.public_text(KEY))
    changed = receipt | {
        name: 7 if name == "bytes" else receipt[name][:-1] + ("0" if receipt[name][-1] != "0" else "1")
    }
    with pytest.raises(errors.SubmissionRefused):
        receipts.verify(changed, public=receipts.public_text(KEY))


def test_a_token_is_known_until_it_is_revoked_and_only_its_digest_is_kept(tmp_path: Path):
    (tmp_path / "keys").mkdir()
    text = tokens.make_token(tmp_path, reporter="ME0100200", secret=b"s" * 32, at=AT)
    other = tokens.make_token(tmp_path, reporter="ME0100300", secret=b"t" * 32, at=AT)
    assert tokens.find_reporter(tmp_path, text) == "ME0100200"
    assert text not in (tmp_path / "keys" / tokens.FILE).read_text()
    assert tokens.revoke_tokens(tmp_path, reporter="ME0100200", at=AT) == 1
    assert tokens.find_reporter(tmp_path, text) is None
    assert tokens.find_reporter(tmp_path, other) == "ME0100300"
    assert tokens.find_reporter(tmp_path, "") is None
    with pytest.raises(errors.AccessRefused):
        tokens.revoke_tokens(tmp_path, reporter="ME0100200", at=AT)
    assert len(tokens.read_tokens(tmp_path)) == 2
