-- Where two drivers differ: the best lap of each on a track with a car, cut into sections of 50 m.
--
-- For DuckDB and Spark; needs the views laps and samples, see lake.sql and spark_lake.py. What is asked for stands in the
-- first lines: NULL for game, track and car is each of them, NULL for driver_1 the fastest, NULL for driver_2 the fastest
-- of the others. Where nobody is named, because the game does not tell or the lake was published with --redact, a session
-- stands for its driver.
--
-- The result is the speed of each in a section, how much time driver_2 lost in it, and how far behind that lap is at its
-- end; both are below 0 where driver_2 is faster. The moment of a section's end is interpolated between two samples.

WITH asked AS (
    SELECT
        CAST(NULL AS STRING) AS game,       -- such as 'acc'
        CAST(NULL AS STRING) AS track,      -- such as 'spa': as in the names of the lake's folders
        CAST(NULL AS STRING) AS car,        -- such as 'porsche_992_gt3_r'
        CAST(NULL AS STRING) AS driver_1,   -- such as 'Ada Example'
        CAST(NULL AS STRING) AS driver_2,
        CAST(50 AS DOUBLE) AS section_m
),
newest AS (
    -- While a session is replaced or files are merged, a lap may be there twice.
    SELECT laps.*, coalesce(track_layout, '') AS layout, coalesce(driver, session) AS who,
        row_number() OVER (PARTITION BY game, session, part, lap_index ORDER BY session_version DESC) AS copy
    FROM laps
),
best AS (
    -- The best lap of everybody with a car on a track.
    SELECT newest.*, asked.driver_1, asked.driver_2, asked.section_m,
        concat_ws('/', newest.game, newest.track, layout, newest.car) AS pair,
        CASE WHEN who = asked.driver_1 THEN 1 WHEN who = asked.driver_2 THEN 2 END AS side_asked,
        row_number() OVER (
            PARTITION BY newest.game, newest.track, layout, newest.car, who
            ORDER BY best_known_time_ms, lap_start, session, part, lap_index
        ) AS rank_of_lap
    FROM newest CROSS JOIN asked
    WHERE copy = 1 AND valid AND is_whole AND best_known_time_ms IS NOT NULL
        AND newest.game = coalesce(asked.game, newest.game)
        AND newest.track = coalesce(asked.track, newest.track)
        AND newest.car = coalesce(asked.car, newest.car)
),
ranked AS (
    SELECT *,
        row_number() OVER (PARTITION BY pair, side_asked ORDER BY best_known_time_ms, lap_start, who) AS rank_of_driver
    FROM best
    WHERE rank_of_lap = 1
),
sides AS (
    -- Who was asked for, else the fastest of those who were not.
    SELECT *,
        CASE
            WHEN side_asked IS NOT NULL THEN side_asked
            WHEN driver_1 IS NULL AND driver_2 IS NULL THEN rank_of_driver
            WHEN driver_1 IS NULL AND rank_of_driver = 1 THEN 1
            WHEN driver_2 IS NULL AND rank_of_driver = 1 THEN 2
        END AS side
    FROM ranked
),
paired AS (
    -- Both laps as long as the first one is.
    SELECT *,
        count(*) OVER (PARTITION BY pair) AS drivers,
        max(CASE WHEN side = 1 THEN coalesce(track_length_m, length_m) END) OVER (PARTITION BY pair) AS scale_m
    FROM sides
    WHERE side IN (1, 2)
),
compared AS (
    SELECT * FROM paired WHERE drivers = 2
),
driven AS (
    SELECT pair, side, section_m, scale_m, best_known_time_ms / 1e3 AS lap_s, samples.lap_elapsed_s, samples.speed,
        samples.lap_distance, samples.lap_position, samples.distance,
        rank() OVER (PARTITION BY pair, side ORDER BY samples.session_version DESC) AS age
    FROM samples
    JOIN compared ON samples.game = compared.game AND samples.track = compared.track
        AND samples.car = compared.car AND samples.date = compared.date
        AND samples.session = compared.session AND samples.part = compared.part
        AND samples.lap_index = compared.lap_index
    WHERE NOT samples.is_taken_back AND samples.lap_elapsed_s IS NOT NULL
),
lines AS (
    -- What was driven when the lap began and ended: a little before its first sample and behind its last.
    SELECT *,
        first_value(distance - coalesce(speed, 0) * lap_elapsed_s)
            OVER (PARTITION BY pair, side ORDER BY lap_elapsed_s, distance) AS line_m,
        first_value(distance + coalesce(speed, 0) * (lap_s - lap_elapsed_s))
            OVER (PARTITION BY pair, side ORDER BY lap_elapsed_s DESC, distance DESC) AS finish_m
    FROM driven
    WHERE age = 1
),
placed AS (
    -- The place on the lap as the game tells it, else by its share of the lap, else by what was driven; and the line.
    SELECT pair, side, section_m, scale_m, lap_elapsed_s,
        coalesce(
            lap_distance,
            lap_position * scale_m,
            (distance - line_m) / nullif(finish_m - line_m, 0) * scale_m
        ) AS place_m
    FROM lines
    UNION ALL
    SELECT pair, side, section_m, scale_m, share * best_known_time_ms / 1e3, share * scale_m
    FROM compared CROSS JOIN (SELECT 0e0 AS share UNION ALL SELECT 1e0 AS share) AS line
),
steps AS (
    SELECT *,
        floor(place_m / section_m) * section_m AS end_m,
        lag(place_m) OVER (PARTITION BY pair, side ORDER BY lap_elapsed_s, place_m) AS from_m,
        lag(lap_elapsed_s) OVER (PARTITION BY pair, side ORDER BY lap_elapsed_s, place_m) AS from_s
    FROM placed
    WHERE place_m IS NOT NULL
),
ends AS (
    -- When each lap first came to the end of a section, and to the line. Of a row that is there twice one is no step.
    SELECT pair, side, end_m, min(from_s + (lap_elapsed_s - from_s) * (end_m - from_m) / (place_m - from_m)) AS at_s
    FROM steps
    WHERE end_m > 0 AND end_m < scale_m AND end_m > from_m AND place_m > from_m
    GROUP BY pair, side, end_m
    UNION ALL
    SELECT pair, side, scale_m, best_known_time_ms / 1e3 FROM compared
),
met AS (
    SELECT pair, end_m, max(CASE WHEN side = 1 THEN at_s END) AS at_s_1, max(CASE WHEN side = 2 THEN at_s END) AS at_s_2
    FROM ends
    GROUP BY pair, end_m
    HAVING count(*) = 2
),
sections AS (
    SELECT *,
        lag(end_m, 1, 0e0) OVER (PARTITION BY pair ORDER BY end_m) AS from_m,
        at_s_1 - lag(at_s_1, 1, 0e0) OVER (PARTITION BY pair ORDER BY end_m) AS took_s_1,
        at_s_2 - lag(at_s_2, 1, 0e0) OVER (PARTITION BY pair ORDER BY end_m) AS took_s_2
    FROM met
),
names AS (
    SELECT pair, game, track, track_layout, car,
        max(CASE WHEN side = 1 THEN who END) AS driver_1, max(CASE WHEN side = 2 THEN who END) AS driver_2
    FROM compared
    GROUP BY pair, game, track, track_layout, car
)
SELECT game, track, track_layout, car, driver_1, driver_2,
    round(from_m, 1) AS from_m,
    round(end_m, 1) AS to_m,
    round((end_m - from_m) / nullif(took_s_1, 0), 2) AS speed_m_s_1,
    round((end_m - from_m) / nullif(took_s_2, 0), 2) AS speed_m_s_2,
    round(took_s_2 - took_s_1, 4) AS lost_s,
    round(at_s_2 - at_s_1, 4) AS behind_s
FROM sections JOIN names ON names.pair = sections.pair
ORDER BY game, track, track_layout NULLS FIRST, car, sections.end_m;
