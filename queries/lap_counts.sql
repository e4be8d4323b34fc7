-- How much was driven: sessions, laps, laps that count, hours and kilometres of each game, track, car and driver.
--
-- For DuckDB and Spark; needs the view laps, see lake.sql and spark_lake.py. Laps that were taken back are left out.

WITH newest AS (
    -- While a session is replaced or files are merged, a lap may be there twice.
    SELECT *,
        row_number() OVER (PARTITION BY game, session, part, lap_index ORDER BY session_version DESC) AS copy
    FROM laps
)
SELECT
    game, track, track_layout, car, driver,
    count(DISTINCT session) AS sessions,
    count(*) AS laps,
    count(CASE WHEN valid AND is_whole THEN 1 END) AS counted_laps,
    round(sum(time_ms) / 3.6e6, 3) AS hours_of_timed_laps,
    round(sum(length_m) / 1e3, 3) AS kilometres,
    min(date) AS first_date,
    max(date) AS last_date
FROM newest
WHERE copy = 1 AND kind <> 'superseded'
GROUP BY game, track, track_layout, car, driver
ORDER BY game, track, track_layout NULLS FIRST, car, driver NULLS FIRST;
