"""Parquet: the sealed bytes themselves, so that their digest is the one in the release's manifest."""

from openjustice.public.publish.format import Format
from openjustice.public.publish.formats.parquet.write import write

FORMAT = Format(
    name="parquet",
    title="Parquet",
    media_type="application/vnd.apache.parquet",
    suffix=".parquet",
    says="Typed and compressed, for R, Python and databases; byte for byte the file that was sealed.",
    write=lambda _content, frame, path: write(frame, path),
)
