"""Small parquet files in each codec, as pyarrow writes them: packages/tasks/fixtures/parquet/<codec>.parquet.

python tools/reference/parquet.py
"""
import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parents[2] / "packages/tasks/fixtures/parquet"
ROWS = 3
TABLE = pa.table(
    {
        "body": [f"text {row}, text {row}" for row in range(ROWS)],
        "id": pa.array([2**60 + row for row in range(ROWS)], pa.int64()),
        "when": pa.array([datetime.datetime(2024, 1, 2, 3, 4, 5, 600 + row) for row in range(ROWS)], pa.timestamp("us")),
        "price": pa.array([decimal.Decimal(f"{row}.10") for row in range(ROWS)], pa.decimal128(20, 2)),
        "days": pa.array([[datetime.date(2024, 1, 1 + row)] * row for row in range(ROWS)], pa.list_(pa.date32())),
    }
)

for codec in ["zstd", "gzip", "brotli", "lz4", "snappy"]:
    pq.write_table(TABLE, FOLDER / f"{codec}.parquet", compression=codec, store_schema=False)
