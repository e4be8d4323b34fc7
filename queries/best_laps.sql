-- The best lap of each game, track and car: who drove it, how fast, when, and in which session.
--
-- For DuckDB and Spark; needs the view laps, see lake.sql and spark_lake.py. A lap counts that was driven whole and that
-- the game does not call invalid, as in `gametelemetry laps`. Of equal times the earlier one is the best.

WITH newest AS (
    -- While a session is replaced or files are merged, a lap may be there twice.
    SELECT *,
        row_number() OVER (PARTITION BY game, session, part, lap_index ORDER BY session_version DESC) AS copy
    FROM laps
),
ranked AS (
    SELECT *,
        row_number() OVER (
            PARTITION BY game, track, coalesce(track_layout, ''), car
            ORDER BY best_known_time_ms, lap_start, session, part, lap_index
        ) AS rank_of_lap
    FROM newest
    WHERE copy = 1 AND valid AND is_whole AND best_known_time_ms IS NOT NULL
)
SELECT game, track, track_layout, car, best_known_time_ms AS time_ms, driver, date, session, part, lap_index, lap
FROM ranked
WHERE rank_of_lap = 1
ORDER BY game, track, track_layout NULLS FIRST, car;
