-- The tables of a lake for DuckDB, as the views laps and samples that the other queries here ask. In its shell:
--
--     SET VARIABLE lake = 's3://team/lake';
--     .read queries/lake.sql
--     .read queries/best_laps.sql
--
-- A lake is a folder, or a bucket (s3://…, gs://…, az://…), for which DuckDB wants a secret first:
-- CREATE SECRET (TYPE s3, PROVIDER credential_chain); a variable that is not set means the folder `lake`. The types of the
-- partitions are said, because DuckDB would take a car that is called 3061 for a number.

SET VARIABLE lake = coalesce(getvariable('lake'), 'lake');

CREATE OR REPLACE TEMP VIEW laps AS
SELECT * FROM read_parquet(
    getvariable('lake') || '/laps/**/*.parquet',
    union_by_name = true,
    hive_partitioning = true,
    hive_types = {'game': VARCHAR, 'track': VARCHAR, 'car': VARCHAR, 'date': DATE}
);

CREATE OR REPLACE TEMP VIEW samples AS
SELECT * FROM read_parquet(
    getvariable('lake') || '/samples/**/*.parquet',
    union_by_name = true,
    hive_partitioning = true,
    hive_types = {'game': VARCHAR, 'track': VARCHAR, 'car': VARCHAR, 'date': DATE}
);
