"""The engine door: the only place that speaks to DuckDB. Labelled tables in, labelled tables out, every step traced."""

from openjustice.ground.engine.coding import read_codes, read_labels
from openjustice.ground.engine.connection import Engine, StatementFailed, Table
from openjustice.ground.engine.opening import open_file, open_memory
from openjustice.ground.engine.serving import OutOfTime, Serving
from openjustice.ground.engine.statements import enumeration, quote, read_briefly, write_out
from openjustice.ground.engine.trace import Step, Trace, read_steps, story_of

__all__ = [
    "Engine",
    "OutOfTime",
    "Serving",
    "StatementFailed",
    "Step",
    "Table",
    "Trace",
    "enumeration",
    "open_file",
    "open_memory",
    "quote",
    "read_briefly",
    "read_codes",
    "read_labels",
    "read_steps",
    "story_of",
    "write_out",
]
