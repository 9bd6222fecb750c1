"""CSV on the Web: metadata beside each CSV file, at the address where a reader of the standard looks for it by itself."""

from openjustice.public.publish.format import Format
from openjustice.public.publish.formats.csvw.write import write

FORMAT = Format(
    name="csvw",
    title="CSVW",
    media_type="application/csvm+json",
    suffix=".csv-metadata.json",
    says="Describes the CSV file to programs: types, keys, and the address of every column and code.",
    write=write,
)
