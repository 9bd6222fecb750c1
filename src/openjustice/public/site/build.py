"""Builds the whole site from the public store: staged beside the old one, then switched in one step."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from openjustice.contracts.release import ReleaseManifest, file_digest
from openjustice.contracts.translations import Translations
from openjustice.ground import errors
from openjustice.public.publish import catalog, dcat, vocabulary
from openjustice.public.publish.content import Content, in_language, read_content
from openjustice.public.publish.language import Language, read_language, refuse_missing, speaking
from openjustice.public.publish.release import PublishedRelease, publish_release
from openjustice.public.publish.vocabulary import Thing
from openjustice.public.site import finding, pages, record, writing
from openjustice.public.site.portal import Portal
from openjustice.public.site.record import Record
from openjustice.public.store.reader import LEDGER, Reader, open_reader

SITES, SITE, STAGING = "sites", "site", ".staging-site"
Progress = Callable[[float, str], None]


def build_site(
    public_dir: Path,
    *,
    translations: Mapping[str, Sequence[Translations]] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Build the files and pages of every sealed release and switch `site` to them; return the folder built.

    `translations`: by jurisdiction, what its words are in each further language that its pages are made in. The folder is
    named by the digest of all its bytes: the same releases give the same site. Raises SealRefused where a release is not
    what was sealed, or where none is, and RegistryRefused, naming each, where a word has no translation.
    """
    say = progress or (lambda _share, _words: None)
    public_dir = Path(public_dir).resolve()
    said = translations or {}
    with open_reader(public_dir) as reader:
        task = _plan(reader, public_dir, said)
        if task.standing and task.is_same:
            say(1.0, "Nothing has changed; the site stands as it was.")
            return task.standing
        shutil.rmtree(task.staged, ignore_errors=True)
        task.staged.mkdir(parents=True)
        _build(reader, task, translations=said, say=say)
    built = _place(task.staged, public_dir)
    _switch(public_dir, built)
    _remove_others(public_dir, built)
    record.write_record(public_dir, Record(task.key, built.name, task.keys))
    say(1.0, f"The site is in its place; {len(task.kept)} pages were taken over as they were.")
    return built


@dataclass
class _Task:
    """One build: where it is staged, what the site that stands was built from, and what this one is built from."""

    staged: Path
    common: str
    key: str
    standing: Path | None
    before: Mapping[str, str]
    is_same: bool
    keys: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


def _plan(reader: Reader, public_dir: Path, said: Mapping[str, Sequence[Translations]]) -> _Task:
    """Say what this build is made from, and what of the standing site it may take over; every sealed file is checked."""
    manifests = reader.releases()
    for manifest in manifests:
        for product in manifest.products:
            reader.file(manifest.address, product)
    words = record.words_digest(item for name in sorted(said) for item in said[name])
    # Each page names the jurisdiction and its publisher: where that changes, every page does.
    common = record.digest_of([record.program_digest(), words, *(_head(reader, item) for item in reader.newest())])
    lines = [line.hash for line in reader.ledger()]
    key = record.key_of(common, [*(item.digest for item in manifests), *lines])
    known, standing = record.read_record(public_dir), public_dir / SITE
    stands = standing.resolve() if known and standing.resolve().name == known.site and standing.is_dir() else None
    if stands and site_digest(stands)[:16] != stands.name:
        stands = None  # somebody changed a file of it: nothing of it is taken over
    before = known.parts if known and stands else {}
    is_same = bool(known and known.key == key)
    return _Task(public_dir / SITES / STAGING, common, key, stands, before, is_same)


def _head(reader: Reader, manifest: ReleaseManifest) -> str:
    return record.digest_of([json.dumps(reader.metadata(manifest.address)["jurisdiction"], sort_keys=True)])


def current_site(public_dir: Path) -> Path:
    """Return the folder of the site that is shown now; raises SealRefused where none was built."""
    found = Path(public_dir) / SITE
    if not (found / "index.html").is_file():
        raise errors.SealRefused.because(
            "site_missing", "There is no site yet.", way_out="Build it: `openjustice publish`."
        )
    return found.resolve()


def _build(reader: Reader, task: _Task, *, translations: Mapping[str, Sequence[Translations]], say: Progress) -> None:
    staged = task.staged
    manifests = sorted(reader.releases(), key=lambda item: (item.jurisdiction, item.sealed_at, item.address))
    if not manifests:
        raise errors.SealRefused.because(
            "nothing_sealed",
            "There is no sealed release to publish.",
            way_out="Seal one: `openjustice release seal N`.",
        )
    by_jurisdiction = [(name, list(group)) for name, group in groupby(manifests, key=lambda item: item.jurisdiction)]
    portals = []
    for name, group in by_jurisdiction:
        root = staged if len(by_jurisdiction) == 1 else staged / name
        releases: list[PublishedRelease] = []
        for place, manifest in enumerate(group):
            say(0.35 * place / len(group), f"Files of {manifest.address}")
            target = root / "data" / manifest.dataset / manifest.vintage
            releases.append(
                publish_release(read_content(reader, manifest), target=target, previous=_before(releases, manifest))
            )
        lines = tuple(line for line in reader.ledger() if line.release.startswith(f"{name}/"))
        languages = _languages(releases[-1].content, translations.get(name, ()))
        portal = Portal(tuple(releases), lines, languages[0], languages)
        portals.append(_build_portal(portal, root, task, reader=reader, say=say))
    if len(portals) > 1:
        pages.write_pages(pages.gate(portals), staged)


def _before(releases: Sequence[PublishedRelease], manifest: ReleaseManifest) -> PublishedRelease | None:
    """Return the release of the same dataset that stands before this one, or None."""
    return next((item for item in reversed(releases) if item.content.dataset == manifest.dataset), None)


def read_portals(
    reader: Reader, *, translations: Mapping[str, Sequence[Translations]] | None = None
) -> Iterator[Portal]:
    """Yield each jurisdiction's portal in each of its languages, without any file: what profiles are made from.

    Only the newest release of each dataset is in it.
    """
    newest = sorted(reader.newest(), key=lambda item: (item.jurisdiction, item.sealed_at, item.address))
    for name, group in groupby(newest, key=lambda item: item.jurisdiction):
        releases = tuple(PublishedRelease(read_content(reader, manifest), ()) for manifest in group)
        languages = _languages(releases[-1].content, (translations or {}).get(name, ()))
        for language in languages:
            said = tuple(_in_language(item, language) for item in releases)
            yield Portal(said, (), language, languages)


def _languages(content: Content, further: Sequence[Translations]) -> tuple[Language, ...]:
    own = Language(content.jurisdiction.language)
    return (own, *(read_language(item.language, declared=item) for item in further))


def _build_portal(portal: Portal, root: Path, task: _Task, *, reader: Reader, say: Progress) -> Portal:
    for name, release in portal.newest.items():
        # The same files under an address that never changes: for a line of R or Python that always reads the latest.
        newest = root / "data" / name / release.content.manifest.vintage
        shutil.copytree(newest, root / "data" / name / "latest", copy_function=_link)
    _write(root / "data.json", json.dumps(catalog.dcat_us(portal.releases), ensure_ascii=False, indent=1) + "\n")
    _write(root / "catalog.ttl", dcat.as_turtle(portal.releases))
    _write(root / "feed.xml", catalog.atom_feed([item.content for item in portal.releases]))
    _write(root / "corrections.xml", catalog.corrections_feed([item.content for item in portal.releases]))
    if (reader.directory / LEDGER).is_file():
        shutil.copyfile(reader.directory / LEDGER, root / LEDGER)
    pages.copy_assets(root)
    said = [
        _write_language(
            portal,
            language,
            root,
            task,
            say=lambda share, words, at=place: say(  # type: ignore[misc]
                0.35 + 0.6 * (at + share) / len(portal.languages), words
            ),
        )
        for place, language in enumerate(portal.languages)
    ]
    _write_linked(portal, said, root)
    refuse_missing(portal.languages)
    return portal


def _write_language(portal: Portal, language: Language, root: Path, task: _Task, *, say: Progress) -> tuple[Thing, ...]:
    """Write every page in one language: the jurisdiction's own at the root, any other in a folder of its own.

    Returns what has an address, said in that language.
    """
    folder = root if language.tag == portal.languages[0].tag else root / language.code
    newest = {id(item) for item in portal.newest.values()}
    releases = tuple(_in_language(item, language) if id(item) in newest else item for item in portal.releases)
    spoken = replace(portal, releases=releases, language=language)
    with speaking(language):
        makers = pages.page_makers(spoken)
    by_dataset = {name: [item.content.manifest.digest for item in portal.versions(name)] for name in portal.newest}
    inside = folder.relative_to(task.staged)
    places = record.digest_of(f"{area.code} {area.label}" for area in spoken.areas)
    common = " ".join([task.common, places, inside.as_posix(), *(item.tag for item in portal.languages)])
    keys = writing.keys_of(makers, common=common, releases=by_dataset)
    standing = task.standing / inside if task.standing else None
    before = {path: task.before.get((inside / path).as_posix(), "") for path in keys}
    job = writing.Task(makers, language, folder, keys, before, standing)
    found: list[finding.Entry] = []
    for count, written in enumerate(writing.write_all(job), start=1):
        task.kept.extend([written.path] if written.kept else [])
        found.extend([written.entry] if written.entry else [])
        say(count / len(makers), f"Page {written.path}")
    task.keys.update({(inside / path).as_posix(): key for path, key in keys.items()})
    with speaking(language):
        pages.write_pages(finding.finding_pages(spoken, [*found, *finding.agencies(spoken)]), folder)
        return spoken.things


def _write_linked(portal: Portal, said: Sequence[tuple[Thing, ...]], root: Path) -> None:
    """Write the Turtle twin of every thing beside its page, with its words in every language."""
    codes = [language.code for language in portal.languages]
    base = portal.jurisdiction.base_address.rstrip("/") + "/"
    for things in zip(*said, strict=True):
        text = vocabulary.as_turtle(list(zip(codes, things, strict=True)), base=base)
        _write(root / things[0].path / "index.ttl", text)


def _in_language(release: PublishedRelease, language: Language) -> PublishedRelease:
    return replace(release, content=in_language(release.content, language))


def _place(staged: Path, public_dir: Path) -> Path:
    """Name the staged folder by the digest of its bytes; where the same site stands already, keep that one."""
    target = public_dir / SITES / site_digest(staged)[:16]
    if target.exists() and site_digest(target)[:16] == target.name:
        shutil.rmtree(staged)
    else:
        shutil.rmtree(target, ignore_errors=True)
        staged.rename(target)
    return target


def _switch(public_dir: Path, built: Path) -> None:
    beside = public_dir / f".{SITE}.part"
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path(SITES) / built.name, target_is_directory=True)
    os.replace(beside, public_dir / SITE)  # noqa: PTH105 (Path.replace follows no link; os.replace says what is meant)


def _remove_others(public_dir: Path, built: Path) -> None:
    for path in (public_dir / SITES).iterdir():
        if path != built:
            shutil.rmtree(path)


def site_digest(folder: Path) -> str:
    """Return the SHA-256 over the names and digests of all files of a site."""
    summary = hashlib.sha256()
    for path in _files(folder):
        summary.update(f"{path.relative_to(folder).as_posix()}\0{file_digest(path)}\n".encode())
    return summary.hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _link(source: str, target: str) -> None:
    """Give a file a second name; where the disk knows no such thing, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
