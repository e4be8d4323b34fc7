"""Asks the ready queries of a lake with Apache Spark.

    spark-submit queries/spark_lake.py LAKE [QUERY.sql ...]

LAKE is a folder or a bucket: s3a://..., abfss://..., gs://... for which the cluster has its usual jars and credentials.
Without a query all of this folder are asked. Runs on one machine (`--master "local[*]"`, or just python) as on a cluster,
whose workers must see the same lake. From a program or a notebook: `open_lake(spark, LAKE)`, then `spark.sql(...)`.
"""

import argparse
import pathlib

from pyspark.sql import SparkSession
from pyspark.sql.functions import col

TABLES = ("laps", "samples")
# Those that can be asked here; lake.sql is for DuckDB.
QUERIES = ("best_laps.sql", "lap_counts.sql", "tyre_wear.sql", "driver_difference.sql")


def open_lake(spark, lake):
    """Makes the views laps and samples of a lake; once more to see what was published since."""
    # Folders are texts: a car that is called 3061 is no number.
    spark.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
    # Times are UTC, and are shown so.
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    for table in TABLES:
        # Columns are only ever added: files of before a column was there lack it.
        rows = spark.read.option("mergeSchema", "true").parquet(f"{lake.rstrip('/')}/{table}")
        rows.withColumn("date", col("date").cast("date")).createOrReplaceTempView(table)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lake", metavar="LAKE")
    parser.add_argument("queries", metavar="QUERY.sql", nargs="*", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=100, help="rows shown of each result (100)")
    arguments = parser.parse_args()
    here = pathlib.Path(__file__).resolve().parent
    spark = SparkSession.builder.appName("gametelemetry lake").getOrCreate()
    open_lake(spark, arguments.lake)
    for query in arguments.queries or [here / name for name in QUERIES]:
        print(query.stem)
        spark.sql(query.read_text(encoding="utf-8")).show(arguments.rows, truncate=False)
    spark.stop()


if __name__ == "__main__":
    main()
