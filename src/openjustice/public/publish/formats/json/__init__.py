"""JSON: the columns with their words and codes, then one object a row."""

from openjustice.public.publish.format import Format
from openjustice.public.publish.formats.json.write import write

FORMAT = Format(
    name="json",
    title="JSON",
    media_type="application/json",
    suffix=".json",
    says="Columns with titles and codes, then one object a row; an empty number is null beside its marker.",
    write=lambda _content, frame, path: write(frame, path),
)
