"""Comma-separated values: one row a line, markers in their own columns, safe to open in a spreadsheet."""

from openjustice.public.publish.format import Format
from openjustice.public.publish.formats.csv.write import write

FORMAT = Format(
    name="csv",
    title="CSV",
    media_type="text/csv",
    suffix=".csv",
    says="UTF-8, comma, one header line; opens in any spreadsheet.",
    write=lambda _content, frame, path: write(frame, path),
)
