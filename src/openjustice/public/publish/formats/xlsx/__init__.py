"""Excel workbook: the rows on one sheet, every column and code explained on another; the same input gives the same bytes."""

from openjustice.public.publish.format import Format
from openjustice.public.publish.formats.xlsx.write import find_reason, write

FORMAT = Format(
    name="xlsx",
    title="Excel",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    suffix=".xlsx",
    says="A workbook: the data, what every column and code means, and where it comes from.",
    write=write,
    refuses=find_reason,
)
