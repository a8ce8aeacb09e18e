"""The one reader and writer of tables: CSV, TSV and XLSX.

Readers get every cell as text and decide themselves what it means, so that codes keep
their zeros and long numbers their digits. What is written never holds a live formula,
and is read back as the same text.
"""

from .read import MAX_BYTES, Row, Table, TableFault, read_table, read_tables
from .write import XLSX, write_csv, write_xlsx

__all__ = [
    "MAX_BYTES",
    "XLSX",
    "Row",
    "Table",
    "TableFault",
    "read_table",
    "read_tables",
    "write_csv",
    "write_xlsx",
]
