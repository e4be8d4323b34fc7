-- How the tyres wear and warm over each stint: a row for each lap between two stops in the pits.
--
-- For DuckDB and Spark; needs the view laps, see lake.sql and spark_lake.py. Wear is in the game's own scale: some count
-- up to 1 or 100, some down to 0, so worn_… is below 0 where a game counts down. In a lap through the pits tyres may have
-- been changed: how much it wore is not said, and it does not count for the mean of its stint.

WITH newest AS (
    -- While a session is replaced or files are merged, a lap may be there twice.
    SELECT *,
        row_number() OVER (PARTITION BY game, session, part, lap_index ORDER BY session_version DESC) AS copy
    FROM laps
),
driven AS (
    SELECT *,
        row_number() OVER (PARTITION BY game, session, part, stint ORDER BY lap_start, lap_index) AS lap_of_stint,
        CASE WHEN kind NOT IN ('in', 'out', 'out_in', 'pit') THEN 1 END AS between_stops
    FROM newest
    WHERE copy = 1 AND is_whole
),
worn AS (
    SELECT *,
        between_stops * (tyre_wear_end_fl - tyre_wear_start_fl) AS worn_fl,
        between_stops * (tyre_wear_end_fr - tyre_wear_start_fr) AS worn_fr,
        between_stops * (tyre_wear_end_rl - tyre_wear_start_rl) AS worn_rl,
        between_stops * (tyre_wear_end_rr - tyre_wear_start_rr) AS worn_rr
    FROM driven
)
SELECT
    game, track, car, driver, date, session, part, stint, lap_of_stint, lap, kind, best_known_time_ms AS time_ms,
    tyre_compound,
    tyre_wear_end_fl AS wear_fl, tyre_wear_end_fr AS wear_fr, tyre_wear_end_rl AS wear_rl, tyre_wear_end_rr AS wear_rr,
    worn_fl, worn_fr, worn_rl, worn_rr,
    avg(worn_fl) OVER (PARTITION BY game, session, part, stint) AS worn_a_lap_fl,
    avg(worn_fr) OVER (PARTITION BY game, session, part, stint) AS worn_a_lap_fr,
    avg(worn_rl) OVER (PARTITION BY game, session, part, stint) AS worn_a_lap_rl,
    avg(worn_rr) OVER (PARTITION BY game, session, part, stint) AS worn_a_lap_rr,
    tyre_temperature_end_c_fl AS temperature_c_fl, tyre_temperature_end_c_fr AS temperature_c_fr,
    tyre_temperature_end_c_rl AS temperature_c_rl, tyre_temperature_end_c_rr AS temperature_c_rr
FROM worn
WHERE tyre_wear_end_fl IS NOT NULL OR tyre_temperature_end_c_fl IS NOT NULL
ORDER BY game, track, car, session, part, stint, lap_of_stint;
