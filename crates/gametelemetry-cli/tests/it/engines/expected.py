"""What a lake must answer, worked out from `laps --json` and from exports of the games' own frames, without the lake."""

import collections
import datetime
import json
import math
import re
import subprocess

SECTION_M = 50
WHEELS = ["fl", "fr", "rl", "rr"]
PIT_KINDS = {"in", "out", "out_in", "pit"}
# Games whose packets tell the tyres' temperature or wear.
TELLS_TYRES = {"acc", "f1", "forza"}
# Which channel of a game tells the place on the lap, and whether one tells the time since the line.
TELLS_PLACE = {
    "acc": ["lap_position", "lap_time"],
    "f1": ["lap_distance", "lap_time"],
    "forza": ["distance", "lap_time"],
    "gt7": ["distance"],
    "dirt": ["lap_distance", "lap_time"],
}

failures = []


def check(holds, what):
    if not holds:
        failures.append(what)


class Facts:
    """What is known of the sessions without the lake."""

    def __init__(self, path, program, folder):
        facts = json.loads(path.read_text(encoding="utf-8"))
        self.hz = facts["hz"]
        self.program = program
        self.folder = folder
        # Of equal times the earlier one is the best.
        in_order = sorted(facts["sessions"], key=lambda session: session["started"])
        self.sessions = {session["id"]: session for session in in_order}
        for session in self.sessions.values():
            session["track_slug"], session["car_slug"] = (slug(session[name]) for name in ("track", "car"))
            stint = 1
            for index, lap in enumerate(session["laps"]):
                whole = lap["time_ms"] is not None and lap["kind"] not in ("partial", "superseded")
                known = lap["official_time_ms"] if lap["official_time_ms"] is not None else lap["time_ms"]
                lap.update(index=index, is_whole=whole, known_ms=known, stint=stint, counts=whole and lap["valid"])
                stint += lap["kind"] in ("in", "out_in", "pit")

    def laps(self):
        return [(session, lap) for session in self.sessions.values() for lap in session["laps"]]

    def exported(self, session, channels, laps=()):
        """The rows of an export at the pace of the game's own frames; kept, because it is asked for again."""
        name = "_".join([session["id"], *channels, *map(str, laps)])
        path = self.folder / f"{abs(hash(name))}.jsonl"
        if not path.exists():
            command = [self.program, "export", session["path"], "--to", "jsonl", "--out", path]
            command += ["--channels", ",".join(channels)]
            if laps:
                command += ["--laps", ",".join(map(str, laps))]
            subprocess.run(command, check=True, capture_output=True)
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def slug(name):
    """A name as it stands in the folders of the lake."""
    return re.sub("[^a-z0-9-]+", "_", name.lower()).strip("_") or "unknown"


def date_of(session):
    return datetime.date.fromisoformat(session["started"][:10])


def named(text):
    return text or None


LAPS = """
SELECT session, lap_index, game, track, car, date, driver, track_name, car_name, lap, kind, valid, is_whole, time_ms,
    official_time_ms, best_known_time_ms, sectors_ms, reason, stint, session_version
FROM laps
"""


def check_every_lap(facts, engine, when):
    """Each lap of `laps --json` is one row with the same values: none is lost, none is there twice."""
    rows = engine.ask(LAPS)
    got = collections.Counter()
    for row in rows:
        row["sectors_ms"] = tuple(row["sectors_ms"])
        got[tuple(row.values())] += 1
    expected = collections.Counter()
    for session, lap in facts.laps():
        of_lap = [session["id"], lap["index"], session["game"], session["track_slug"], session["car_slug"]]
        of_lap += [date_of(session), named(session["driver"]), named(session["track"]), named(session["car"])]
        of_lap += [lap["lap"], lap["kind"], lap["valid"], lap["is_whole"], lap["time_ms"], lap["official_time_ms"]]
        of_lap += [lap["known_ms"], tuple(lap["sectors_ms"]), lap["reason"], lap["stint"], 1]
        expected[tuple(of_lap)] += 1
    for row in list((expected - got).keys())[:3]:
        check(False, f"{engine.name}, {when}: lost {row}")
    for row in list((got - expected).keys())[:3]:
        check(False, f"{engine.name}, {when}: not to be there, or twice: {row}")
    return len(rows)


SAMPLES = """
SELECT session, count(*) AS n, count(DISTINCT timestamp) AS moments, min(time_s) AS first_s, max(time_s) AS last_s,
    min(step_s) AS least_step_s, max(step_s) AS most_step_s, count(speed) AS speeds
FROM (SELECT *, time_s - lag(time_s) OVER (PARTITION BY session ORDER BY time_s) AS step_s FROM samples) AS steps
GROUP BY session
"""
OF_LAPS = "SELECT session, lap_index, count(*) AS n FROM samples WHERE lap_index IS NOT NULL GROUP BY session, lap_index"


def check_every_sample(facts, engine, when):
    """Each session has a row at each step of its time, and each lap those of its own."""
    rows = {row["session"]: row for row in engine.ask(SAMPLES)}
    check(rows.keys() == facts.sessions.keys(), f"{engine.name}, {when}: samples of {len(rows)} sessions")
    for name, row in rows.items():
        step = 1 / facts.hz
        is_whole = row["n"] == row["moments"] == round((row["last_s"] - row["first_s"]) * facts.hz) + 1
        is_even = abs(row["least_step_s"] - step) < 1e-6 and abs(row["most_step_s"] - step) < 1e-6
        reaches = row["first_s"] <= 2 * step and row["last_s"] >= facts.sessions[name]["seconds"] - 2 * step
        check(is_whole and is_even and reaches and row["speeds"] > row["n"] / 2, f"{engine.name}, {when}: {row}")
    of_laps = {(row["session"], row["lap_index"]): row["n"] for row in engine.ask(OF_LAPS)}
    for session, lap in facts.laps():
        if lap["is_whole"]:
            expected = lap["time_ms"] / 1000 * facts.hz
            count = of_laps.get((session["id"], lap["index"]), 0)
            check(abs(count - expected) <= 1.01, f"{engine.name}, {when}: {count} rows of {session['id']} {lap}")
    return sum(row["n"] for row in rows.values())


def key(session):
    return session["game"], session["track_slug"], session["car_slug"]


def check_best_laps(facts, rows, who):
    counted = collections.defaultdict(list)
    for session, lap in facts.laps():
        if lap["counts"]:
            counted[key(session)].append((lap["known_ms"], session, lap))
    check([(row["game"], row["track"], row["car"]) for row in rows] == sorted(counted), f"{who}: other tracks and cars")
    for row in rows:
        laps = counted[row["game"], row["track"], row["car"]]
        best = min(time for time, _, _ in laps)
        # Of equal times one is as good as another here.
        fits = [
            (session, lap)
            for time, session, lap in laps
            if (time, session["id"], lap["index"]) == (best, row["session"], row["lap_index"])
        ]
        is_right = fits and row["time_ms"] == best and row["lap"] == fits[0][1]["lap"]
        is_right = is_right and row["driver"] == named(fits[0][0]["driver"]) and row["date"] == date_of(fits[0][0])
        check(is_right, f"{who}: {row}, expected {best} ms")


def check_lap_counts(facts, rows, who):
    expected = collections.defaultdict(lambda: [set(), 0, 0, 0, []])
    for session, lap in facts.laps():
        if lap["kind"] != "superseded":
            group = expected[*key(session), named(session["driver"])]
            group[0].add(session["id"])
            group[1] += 1
            group[2] += lap["counts"]
            group[3] += lap["time_ms"] or 0
            group[4].append(date_of(session))
    got = {(row["game"], row["track"], row["car"], row["driver"]): row for row in rows}
    check(len(got) == len(rows) and got.keys() == expected.keys(), f"{who}: {len(rows)} groups")
    for group, (sessions, laps, counted, time_ms, dates) in expected.items():
        row = got.get(group)
        is_right = row and (row["sessions"], row["laps"], row["counted_laps"]) == (len(sessions), laps, counted)
        is_right = is_right and (row["first_date"], row["last_date"]) == (min(dates), max(dates))
        is_right = is_right and abs((row["hours_of_timed_laps"] or 0) - time_ms / 3.6e6) <= 0.001
        check(is_right, f"{who}: {row}, expected {group} {len(sessions)} {laps} {counted} {time_ms}")


def check_tyre_wear(facts, rows, who):
    expected, places = {}, collections.Counter()
    for session, lap in facts.laps():
        if lap["is_whole"] and session["game"] in TELLS_TYRES:
            places[session["id"], lap["stint"]] += 1
            place = places[session["id"], lap["stint"]]
            expected[session["id"], lap["stint"], place] = (lap["lap"], lap["kind"], lap["known_ms"])
    got = {(row["session"], row["stint"], row["lap_of_stint"]): row for row in rows}
    check(len(got) == len(rows), f"{who}: a lap is there twice")
    told = {place: (row["lap"], row["kind"], row["time_ms"]) for place, row in got.items()}
    for place in sorted(expected.keys() | told.keys()):
        check(told.get(place) == expected.get(place), f"{who}: {place} is {told.get(place)}, not {expected.get(place)}")
    of_sessions = collections.defaultdict(list)
    for row in rows:
        of_sessions[row["session"]].append(row)
    worn = 0
    for name in sorted(of_sessions):
        session = facts.sessions[name]
        # Exports take time: the long sessions, which have several stints or laps.
        if session["seconds"] >= 400:
            worn += check_tyres_of(facts, session, of_sessions[name], who)
    check(worn > 20, f"{who}: tyres wear in {worn} laps only")


def check_tyres_of(facts, session, rows, who):
    """Wear and temperature of each lap against the first and last that an export of the frames has; how many wore."""
    wear, temperature = [f"tyre_wear_{wheel}" for wheel in WHEELS], [f"tyre_temperature_{wheel}" for wheel in WHEELS]
    tells_wear = session["game"] in ("f1", "forza")
    of_laps = collections.defaultdict(list)
    for row in facts.exported(session, wear + temperature if tells_wear else temperature):
        of_laps[row["lap"]].append(row)
    rates = collections.defaultdict(list)
    worn = 0
    for row in rows:
        frames = of_laps[row["lap"]]
        for number, wheel in enumerate(WHEELS):
            who_where = f"{who}: {session['id']} lap {row['lap']} {wheel}"
            last = [frame[temperature[number]] for frame in frames if frame[temperature[number]] is not None][-1]
            got = row[f"temperature_c_{wheel}"]
            check(got is not None and abs(got - last) < 1e-3, f"{who_where}: {got} °C, not {last}")
            if not tells_wear:
                check(row[f"wear_{wheel}"] is None and row[f"worn_{wheel}"] is None, f"{who_where}: wears")
                continue
            told = [frame[wear[number]] for frame in frames if frame[wear[number]] is not None]
            check(abs(row[f"wear_{wheel}"] - told[-1]) < 1e-6, f"{who_where}: {row[f'wear_{wheel}']}, not {told[-1]}")
            if row["kind"] in PIT_KINDS:
                check(row[f"worn_{wheel}"] is None, f"{who_where}: wear of a lap through the pits")
                continue
            rate = told[-1] - told[0]
            check(abs(row[f"worn_{wheel}"] - rate) < 1e-6, f"{who_where}: wore {row[f'worn_{wheel}']}, not {rate}")
            worn += rate > 0
            rates[row["stint"], wheel].append(rate)
    for row in rows:
        for wheel in WHEELS:
            of_stint = rates.get((row["stint"], wheel))
            mean = sum(of_stint) / len(of_stint) if of_stint else None
            got = row[f"worn_a_lap_{wheel}"]
            is_right = (got is None) == (mean is None) and (mean is None or abs(got - mean) < 1e-6)
            check(is_right, f"{who}: {session['id']} stint {row['stint']} {wheel}: {got} a lap, not {mean}")
    return worn


def check_driver_difference(facts, rows, who):
    fastest = collections.defaultdict(dict)
    for session, lap in facts.laps():
        if lap["counts"]:
            drivers = fastest[key(session)]
            name = session["driver"] or session["id"]
            if name not in drivers or lap["known_ms"] < drivers[name][0]:
                drivers[name] = (lap["known_ms"], session, lap)
    pairs = collections.defaultdict(list)
    for row in rows:
        pairs[row["game"], row["track"], row["car"]].append(row)
    comparable = {combination for combination, drivers in fastest.items() if len(drivers) > 1}
    check(pairs.keys() == comparable, f"{who}: {sorted(pairs)}, not {sorted(comparable)}")
    for combination in sorted(pairs.keys() & comparable):
        ranked = sorted(time for time, _, _ in fastest[combination].values())
        drivers = fastest[combination]
        rows_of = pairs[combination]
        one, two = drivers[rows_of[0]["driver_1"]], drivers[rows_of[0]["driver_2"]]
        check([one[0], two[0]] == ranked[:2], f"{who}: {combination} compares {one[0]} with {two[0]} ms")
        check_sections(facts, one, two, rows_of, f"{who}: {combination}")


def check_sections(facts, one, two, rows, who):
    """Each section against where the game's own frames say the cars were when."""
    scale_m = rows[-1]["to_m"]
    ends = [row["to_m"] for row in rows]
    check(ends[:-1] == [SECTION_M * (number + 1) for number in range(len(ends) - 1)], f"{who}: sections end at {ends}")
    check(len(ends) == math.ceil(round(scale_m, 1) / SECTION_M), f"{who}: {len(ends)} sections of {scale_m} m")
    lines = [Line(facts, side, scale_m) for side in (one, two)]
    behind_s = 0
    for row in rows:
        behind_s += row["lost_s"]
        check(abs(row["behind_s"] - behind_s) < 1e-4 * (1 + len(rows)), f"{who}: sum of {row}")
        for number, line in enumerate(lines, 1):
            took_s = line.at_s(row["to_m"]) - line.at_s(row["from_m"])
            expected = (row["to_m"] - row["from_m"]) / took_s
            speed = row[f"speed_m_s_{number}"]
            # The lake has a sample every few metres, the export the game's frames.
            check(abs(speed - expected) < 0.06 * expected + 0.3, f"{who}: {row}, frames say {expected} m/s")
        expected = lines[1].at_s(row["to_m"]) - lines[0].at_s(row["to_m"])
        # Where no frame tells the time since the line, the line is anywhere in a frame of 0.1 s.
        doubt_s = 0.06 if "lap_time" in TELLS_PLACE[one[1]["game"]] else 0.2
        check(abs(row["behind_s"] - expected) < doubt_s, f"{who}: {row}, frames say {expected} s")
    check(abs(rows[-1]["behind_s"] - (two[0] - one[0]) / 1000) < 1e-6, f"{who}: ends {rows[-1]}")


class Line:
    """When a car was where in its best lap, as the game's own frames tell."""

    def __init__(self, facts, side, scale_m):
        time_ms, session, lap = side
        place, *clock = TELLS_PLACE[session["game"]]
        rows = [row for row in facts.exported(session, [place, "speed", *clock]) if row[place] is not None]
        rows = self.rows_of_lap(session, lap, rows)
        # The line is a little before the first frame; where the game tells no time of the lap, half a frame.
        start_s = rows[0]["time_s"] - (rows[0]["lap_time"] if clock else 0.05)
        times = [row["time_s"] - start_s for row in rows]
        metres = [row[place] for row in rows]
        if place == "lap_position":
            metres = [share * scale_m for share in metres]
        elif place == "distance":
            begin_m = metres[0] - rows[0]["speed"] * times[0]
            end_m = metres[-1] + rows[-1]["speed"] * (time_ms / 1000 - times[-1])
            metres = [(it - begin_m) / (end_m - begin_m) * scale_m for it in metres]
        self.points = [(0.0, 0.0)]
        for point in zip(metres, times):
            if self.points[-1][0] < point[0] < scale_m:
                self.points.append(point)
        self.points.append((scale_m, time_ms / 1000))

    def rows_of_lap(self, session, lap, rows):
        """The rows of the lap; of several with its number the run that is at its place."""
        runs = []
        for before, row in zip([None, *rows], rows):
            if before is None or row["lap"] != before["lap"]:
                runs.append([])
            runs[-1].append(row)
        runs = [run for run in runs if run[0]["lap"] == lap["lap"]]
        earlier = [it for it in session["laps"][: lap["index"]] if it["lap"] == lap["lap"]]
        return runs[len(earlier)]

    def at_s(self, metres):
        for (from_m, from_s), (to_m, to_s) in zip(self.points, self.points[1:]):
            if from_m <= metres <= to_m:
                return from_s + (to_s - from_s) * (metres - from_m) / (to_m - from_m)
        raise ValueError(metres)


CHECKS = {
    "best_laps": check_best_laps,
    "lap_counts": check_lap_counts,
    "tyre_wear": check_tyre_wear,
    "driver_difference": check_driver_difference,
}
