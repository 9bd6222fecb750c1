"""The command `translate`: brings the files of a language up to date, or says which words still lack a translation."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from babel import Locale
from babel.messages import extract, pofile
from babel.messages.catalog import Catalog, Message
from jinja2.ext import babel_extract

from openjustice import public
from openjustice.cli import options
from openjustice.contracts import registry as registries
from openjustice.contracts import translations
from openjustice.contracts.translations import Text
from openjustice.ground import errors
from openjustice.public.publish import language as languages
from openjustice.standards import comparability

_KEYWORDS: Mapping[str, tuple[int, ...] | None] = {"say": None, "noted": None, "say_count": (1, 2)}
_WIDTH = 120

_TEMPLATES: Any = babel_extract


@dataclass(frozen=True)
class Wanted:
    """What one file of translations must have: each message once, with the source file it was first found in."""

    path: Path
    label: str
    messages: Mapping[str | tuple[str, ...], str]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("translate", help="Bring the files of a language up to date, or say what is not translated.")(write)


def write(
    language: Annotated[str, typer.Argument(help="The language: `es`.")] = "es",
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; refuse where a translation is missing.")
    ] = False,
    begin: Annotated[
        list[str] | None,
        typer.Option("--begin", help="A dataset to begin with, as `jurisdiction/name`; may be repeated."),
    ] = None,
    registry: options.RegistryFolders = None,
) -> None:
    """Bring the files of a language up to date, or say what is not translated.

    What is new gets an empty entry, what is no longer asked for goes, and every translation stays as it is. A dataset has
    begun once its folder has a file of the language; from then on it must be whole, with its indicators and code lists.
    """
    wanted = [_messages(language), *_declared(options.registry_folders(registry), language, begin=set(begin or ()))]
    known = {file.path: _read(file.path, language) for file in wanted}
    if not check:
        for file in wanted:
            _write(file, known[file.path], language)
    missing = [(file, message) for file in wanted for message in _missing(file, known[file.path])]
    if check and missing:
        raise errors.RegistryRefused(_fault(file, message, language) for file, message in missing)
    typer.echo(f"{len(wanted)} files, {sum(len(file.messages) for file in wanted)} texts, {len(missing)} to translate.")


def find_messages() -> dict[str | tuple[str, ...], str]:
    """Return every message of the public wing's code and templates, with the file that it is first found in."""
    folder = Path(public.__file__).parent
    found: dict[str | tuple[str, ...], str] = {}
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html")]):
        for message in _extract(path):
            found.setdefault(message, path.relative_to(folder).as_posix())
    return found


def _extract(path: Path) -> Iterator[str | tuple[str, ...]]:
    if path.suffix == ".py":
        yield from _extract_from_code(path.read_text(encoding="utf-8"))
        return
    with path.open("rb") as stream:
        for _, message, _, _ in extract.extract(_TEMPLATES, stream, keywords=_KEYWORDS):
            if message:
                yield tuple(message) if isinstance(message, (list, tuple)) else message


def _extract_from_code(source: str) -> Iterator[str | tuple[str, ...]]:
    """Yield the messages of a module in their order. The tree is read, since a message may stand inside an f-string."""
    calls = [
        item for item in ast.walk(ast.parse(source)) if isinstance(item, ast.Call) and isinstance(item.func, ast.Name)
    ]
    for call in sorted(calls, key=lambda item: (item.lineno, item.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        count = len(_KEYWORDS[name] or (1,)) if name in _KEYWORDS else 0
        texts = [
            item.value for item in call.args[:count] if isinstance(item, ast.Constant) and isinstance(item.value, str)
        ]
        if count and len(texts) == count:
            yield str(texts[0]) if count == 1 else tuple(map(str, texts))


def _messages(language: str) -> Wanted:
    path = languages.MESSAGES / f"{language}.po"
    return Wanted(path, f"messages/{path.name}", find_messages())


def _declared(roots: Sequence[Path], language: str, *, begin: Collection[str]) -> list[Wanted]:
    """Return what the registry's folders must have, for the jurisdictions whose pages are made in the language."""
    loaded = registries.load_registry(roots)
    path = registries.shipped_registry() / "common" / "comparability.yaml"
    flags = {code: {"says": flag.says} for code, flag in comparability.read_flags(path).items()}
    made: dict[str, dict[str | tuple[str, ...], str]] = {}
    for name, jurisdiction in loaded.jurisdictions.items():
        chosen = [item for item in jurisdiction.declaration.languages if item.partition("-")[0] == language]
        if not chosen:
            continue
        begun = {
            item.id
            for item in jurisdiction.datasets.values()
            if item.address in begin or (_place(roots, f"{name}/datasets/{item.id}") / f"{language}.po").is_file()
        }
        texts = translations.find_texts(jurisdiction, datasets=begun, comparability=flags)
        elsewhere = translations.read_translations(roots, jurisdiction, language=chosen[0])
        for folder, own in _by_folder(texts).items():
            file = _place(roots, folder) / f"{language}.po"
            has = {words for _, words, _ in translations.read_entries(file)} if file.is_file() else set()
            needed = {
                item.words.strip(): name
                for item in own
                if translations.plain(item.words) in has or elsewhere.find(item.words, place=item.place) is None
            }
            if needed:
                made.setdefault(folder, {}).update(needed)
    return [
        Wanted(_place(roots, folder) / f"{language}.po", f"{folder}/{language}.po", found)
        for folder, found in made.items()
    ]


def _by_folder(texts: Iterable[Text]) -> dict[str, list[Text]]:
    found: dict[str, list[Text]] = {}
    for item in texts:
        found.setdefault(item.folder, []).append(item)
    return found


def _place(roots: Sequence[Path], folder: str) -> Path:
    """Return the folder of a declaration: the last registry that has it."""
    return next((root / folder for root in reversed(roots) if (root / folder).is_dir()), roots[-1] / folder)


def _read(path: Path, language: str) -> Catalog:
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as stream:
        return pofile.read_po(stream, locale=language)


def _missing(file: Wanted, known: Catalog) -> list[str | tuple[str, ...]]:
    done = {
        _plain(message.id)
        for message in known
        if message.id
        and not message.fuzzy
        and (all(message.string) if isinstance(message.string, tuple) else message.string)
    }
    return [message for message in file.messages if _plain(message) not in done]


def _plain(message: Any) -> str:
    return translations.plain(message if isinstance(message, str) else message[0])


def _write(file: Wanted, known: Catalog, language: str) -> None:
    by_text: dict[str, list[Message]] = {}
    for old in known:
        if old.id:
            by_text.setdefault(_plain(old.id), []).append(old)
    made = Catalog(locale=language)
    for message, source in file.messages.items():
        places = [(source, 0)] if source.endswith((".py", ".html")) else []
        for old in by_text.get(_plain(message)) or [Message("")]:
            flags = {"fuzzy"} & set(old.flags)
            made.add(_id(message), _id(old.string), locations=places, context=old.context, flags=flags)
    for old in known:
        if old.id and "{" in str(old.id) and file.path.parent != languages.MESSAGES and made.get(old.id) is None:
            made.add(
                _id(old.id), _id(old.string), context=old.context
            )  # a pattern of sealed sentences is asked for by none
    file.path.parent.mkdir(parents=True, exist_ok=True)
    with file.path.open("wb") as stream:
        stream.write(_header(language).encode())
        pofile.write_po(stream, made, width=_WIDTH, omit_header=True, include_lineno=False)


def _id(text: Any) -> Any:
    """Return a message's text as Babel's catalog takes it: it has a list where there are several forms."""
    return text if isinstance(text, str) else tuple(text)


def _header(language: str) -> str:
    """Return the entry that says what the file is: without a date, so that the same texts give the same bytes."""
    plural = Catalog(locale=language).plural_forms
    lines = ("Content-Type: text/plain; charset=utf-8", f"Language: {language}", f"Plural-Forms: {plural}")
    body = "".join(f'"{line}\\n"\n' for line in lines)
    return f'# {Locale.parse(language).english_name}\nmsgid ""\nmsgstr ""\n{body}\n'


def _fault(file: Wanted, message: str | tuple[str, ...], language: str) -> errors.Fault:
    text = message if isinstance(message, str) else message[0]
    return errors.Fault(
        code="untranslated",
        what=f"There is no {language} for: {text[:160]}",
        way_out=f"Run `openjustice translate {language}`, then fill in what is empty.",
        ask=errors.RegistryRefused.who_must_act,
        place=errors.Place(file=file.label),
    )
