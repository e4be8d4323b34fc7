"""Asks DuckDB and Spark the ready queries of a lake, and compares the answers with `laps` and `export`.

    ask.py FACTS.json LAKE GAMETELEMETRY

FACTS.json has what each session of the lake is, with its `laps --json`; expected.py works out what the lake must answer.
Everything is asked twice, before and after `gametelemetry compact`. Ends with 1 when anything differs; prints what was asked
and how long it took.
"""

import contextlib
import faulthandler
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import duckdb
import pyspark
from expected import CHECKS, Facts, check, check_every_lap, check_every_sample, failures

ROOT = pathlib.Path(__file__).resolve().parents[5]
QUERIES = ROOT / "queries"
sys.path.insert(0, str(QUERIES))
import spark_lake  # noqa: E402

# An engine that hangs ends the test, with where it hung.
PATIENCE_S = 900
# Two workers of one core and 1 GiB each.
MASTER = "local-cluster[2,1,1024]"


@contextlib.contextmanager
def timed(what):
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:7.2f} s  {what}", flush=True)


class DuckDb:
    """One machine."""

    name = "DuckDB"

    def __init__(self, lake):
        self.connection = duckdb.connect()
        self.connection.execute(f"SET VARIABLE lake = '{lake}'")

    def open(self):
        self.connection.execute((QUERIES / "lake.sql").read_text(encoding="utf-8"))

    def ask(self, query):
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    def close(self):
        self.connection.close()


class Spark:
    """A cluster of two workers on this machine, each a process with one of executors."""

    name = "Spark"

    def __init__(self, lake, folder):
        self.lake = lake
        # Workers leave their logs in SPARK_HOME, which is a package of everybody: one of our own with the same in it.
        home = folder / "spark"
        home.mkdir()
        for part in pathlib.Path(pyspark.__file__).parent.iterdir():
            if part.name not in ("work", "logs"):
                (home / part.name).symlink_to(part)
        os.environ.update(SPARK_HOME=str(home), SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable)
        builder = pyspark.sql.SparkSession.builder.master(MASTER).appName("gametelemetry engines")
        for key, value in {
            "spark.driver.host": "127.0.0.1",
            "spark.local.dir": str(folder / "scratch"),
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.sql.shuffle.partitions": "4",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "ERROR",
        }.items():
            builder = builder.config(key, value)
        self.spark = builder.getOrCreate()
        # Both workers are there before anything is asked.
        executors = self.spark.sparkContext._jsc.sc().getExecutorMemoryStatus
        start = time.monotonic()
        while executors().size() < 3 and time.monotonic() - start < 120:
            time.sleep(0.1)
        # The driver is one of them.
        check(executors().size() == 3, f"Spark has {executors().size() - 1} workers")

    def open(self):
        spark_lake.open_lake(self.spark, self.lake)

    def ask(self, query):
        return [row.asDict() for row in self.spark.sql(query).collect()]

    def close(self):
        self.spark.stop()


def is_same(one, two):
    """Whether two engines say the same: numbers with a fraction up to the last digit of what a query rounds to."""
    if isinstance(one, float) and isinstance(two, float):
        return math.isclose(one, two, rel_tol=1e-9, abs_tol=1.5e-4 if abs(one) < 1 else 1.5e-2)
    return one == two


def ask_everything(facts, engines, when):
    for engine in engines:
        with timed(f"{engine.name} opens the lake, {when}"):
            engine.open()
        with timed(f"{engine.name} counts laps and samples, {when}"):
            laps, samples = check_every_lap(facts, engine, when), check_every_sample(facts, engine, when)
        print(f"           {laps} laps, {samples} samples")
    for query, compare in CHECKS.items():
        text = (QUERIES / f"{query}.sql").read_text(encoding="utf-8")
        answers = []
        for engine in engines:
            with timed(f"{engine.name} {query}, {when}"):
                answers.append(engine.ask(text))
            check(answers[-1], f"{engine.name} {query}, {when}: no rows")
            compare(facts, answers[-1], f"{engine.name} {query}, {when}")
        print(f"           {len(answers[0])} rows")
        is_equal = [len(answer) for answer in answers] == [len(answers[0])] * len(answers)
        for one, two in zip(*answers):
            is_equal = is_equal and list(one) == list(two) and all(is_same(one[name], two[name]) for name in one)
        check(is_equal, f"{query}, {when}: the engines differ")


def check_a_lake_in_the_middle_of_compaction(facts, duck, lake, when):
    """Rows that are there twice for a moment change no answer: every file is there under two names."""
    answers = {query: duck.ask((QUERIES / f"{query}.sql").read_text(encoding="utf-8")) for query in CHECKS}
    copies = []
    for file in pathlib.Path(lake).glob("*/game=*/**/*.parquet"):
        copies.append(file.with_name(f"twice.{file.name}"))
        copies[-1].hardlink_to(file)
    try:
        twice = duck.ask("SELECT count(*) AS n FROM laps")[0]["n"]
        check(twice == 2 * len(facts.laps()), f"{when}: {twice} laps when all are there twice")
        for query, expected in answers.items():
            got = duck.ask((QUERIES / f"{query}.sql").read_text(encoding="utf-8"))
            is_equal = len(got) == len(expected)
            for one, two in zip(got, expected):
                is_equal = is_equal and all(is_same(one[name], two[name]) for name in one)
            check(is_equal, f"{query}, {when}: rows that are there twice change it")
    finally:
        for copy in copies:
            copy.unlink()


def check_files_from_before_a_column(duck, engines, lake):
    """A file that lacks a column which is newer than it changes no answer; its rows have nothing there."""
    asked = " ".join(file.read_text(encoding="utf-8") for file in QUERIES.glob("*.sql"))
    kept = {"game", "track", "car", "date"}
    names = [row["column_name"] for row in duck.ask("DESCRIBE laps") if row["column_name"] not in kept]
    column = next(name for name in names if name not in asked and duck.ask(f'SELECT count("{name}") AS n FROM laps')[0]["n"])
    count = f"SELECT count(*) AS everything, count({column}) AS told FROM laps"
    best = (QUERIES / "best_laps.sql").read_text(encoding="utf-8")
    before = [(engine.ask(count)[0], engine.ask(best)) for engine in engines]
    file = min(pathlib.Path(lake).glob("laps/game=acc/**/*.parquet"), key=lambda file: file.stat().st_size)
    plain = f"read_parquet('{file}', hive_partitioning = false)"
    told = duck.ask(f"SELECT count({column}) AS n FROM {plain}")[0]["n"]
    older = file.with_name(f"older.{file.name}")
    duck.connection.execute(f"COPY (SELECT * EXCLUDE ({column}) FROM {plain}) TO '{older}' (FORMAT parquet)")
    file.unlink()
    check(told > 0, f"{file} tells no {column}")
    for engine, (counts, answer) in zip(engines, before):
        engine.open()
        now = engine.ask(count)[0]
        check(now["everything"] == counts["everything"], f"{engine.name}: {now} rows with an older file, {counts} before")
        check(now["told"] == counts["told"] - told, f"{engine.name}: {column} {now} with an older file, {counts} before")
        again = engine.ask(best)
        is_equal = len(again) == len(answer) and all(
            is_same(one[name], two[name]) for one, two in zip(again, answer) for name in one
        )
        check(is_equal, f"{engine.name}: best laps differ with an older file")
    print(f"           {told} values of {column} were left out of one file")


def check_the_readme(duck, lake):
    """The lines that the README shows are run as they stand there, but for where the lake is."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for line in text.split("```sql\n-- duckdb")[1].split("```")[0].splitlines()[1:]:
        if line.startswith(".read "):
            answer = duck.ask((ROOT / line.removeprefix(".read ")).read_text(encoding="utf-8"))
        elif not line.startswith("SET VARIABLE lake"):
            answer = duck.ask(line)
    check(answer, "the last query of the README has no answer")
    submit = next(line for line in text.splitlines() if line.startswith("spark-submit queries/spark_lake.py s3a://"))
    program, script, _, query = submit.split()
    home = pathlib.Path(os.environ["SPARK_HOME"])
    ran = subprocess.run(
        [home / "bin" / program, "--master", "local[1]", script, lake, query],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=PATIENCE_S / 4,
    )
    check(ran.returncode == 0, f"{submit}: {ran.stderr[-2000:]}")
    rows = [line for line in ran.stdout.splitlines() if line.startswith("|")][1:]
    expected = len(duck.ask((ROOT / query).read_text(encoding="utf-8")))
    check(len(rows) == min(expected, 100), f"{submit}: {len(rows)} rows, DuckDB has {expected}")


def main():
    facts_path, lake, program = sys.argv[1:]
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
    with tempfile.TemporaryDirectory(dir=pathlib.Path(facts_path).parent) as folder:
        folder = pathlib.Path(folder)
        facts = Facts(pathlib.Path(facts_path), program, folder)
        duck = DuckDb(lake)
        with timed(f"Spark starts, {MASTER}"):
            spark = Spark(lake, folder)
        try:
            ask_everything(facts, [duck, spark], "published")
            with timed("DuckDB with every row twice"):
                check_a_lake_in_the_middle_of_compaction(facts, duck, lake, "published")
            with timed("compact"):
                compacted = subprocess.run([program, "compact", lake, "--json"], check=True, capture_output=True)
            done = json.loads(compacted.stdout)
            merged = sum(len(merge["from"]) for merge in done["merged"])
            print(f"           {merged} files became {len(done['merged'])}")
            check(merged > len(facts.sessions), f"only {merged} files were merged")
            ask_everything(facts, [duck, spark], "compacted")
            with timed("the README's lines"):
                check_the_readme(duck, lake)
            with timed("a file from before a column"):
                check_files_from_before_a_column(duck, [duck, spark], lake)
        finally:
            spark.close()
            duck.close()
    for failure in failures[:40]:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
