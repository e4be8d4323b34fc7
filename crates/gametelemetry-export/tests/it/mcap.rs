//! MCAP: read by the crate, and by the official Python reader, which decodes every message.

use gametelemetry::ExportOptions;
use serde_json::json;

use crate::support::{HOSTILE, folder, go, packets, python, session};

const READ: &str = r#"
import json, sys
from mcap.reader import make_reader
with open(sys.argv[1], "rb") as stream:
    reader = make_reader(stream, validate_crcs=True)
    summary = reader.get_summary()
    topics, last = {}, {}
    for schema, channel, message in reader.iter_messages():
        value = json.loads(message.data)
        properties = json.loads(schema.data)["properties"]
        assert schema.encoding == "jsonschema" and channel.message_encoding == "json"
        assert set(value) <= set(properties), (set(value) - set(properties))
        topics[channel.topic] = topics.get(channel.topic, 0) + 1
        last[channel.topic] = value
    records = [(record.name, record.metadata) for record in reader.iter_metadata()]
    print(json.dumps({
        "topics": topics, "last": last, "metadata": records,
        "count": summary.statistics.message_count,
        "start": summary.statistics.message_start_time, "end": summary.statistics.message_end_time,
        "compressions": sorted({chunk.compression for chunk in summary.chunk_indexes}),
        "schemas": sorted(schema.name for schema in summary.schemas.values()),
    }))
"#;

#[test]
fn the_official_reader_decodes_every_message() {
    let place = folder();
    let out = place.path().join("all.mcap");
    go(&session(place.path(), 6000), &out, "mcap", ExportOptions::default()).unwrap();
    let bytes = std::fs::read(&out).unwrap();
    let messages: Vec<mcap::Message<'_>> =
        mcap::MessageStream::new(&bytes).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(messages.len(), 6000 * 4);
    let Some(read) = python(READ, &[&out]) else { return };
    assert_eq!(
        read["topics"],
        json!({
            "/channels/car": 6000, "/channels/motion": 6000, "/channels/timing": 6000, "/location": 6000,
        })
    );
    assert_eq!(read["last"]["/channels/car"]["driver"], HOSTILE);
    assert_eq!(read["last"]["/channels/car"]["lap"], 4);
    let location = &read["last"]["/location"];
    assert_eq!((&location["longitude"], &location["frame_id"]), (&json!(6.5), &json!("car")));
    assert_eq!(read["compressions"], json!(["zstd"]));
    assert_eq!(read["start"].as_i64().unwrap(), 1_795_435_200_000_000_000_i64);
    assert_eq!(read["end"].as_i64().unwrap() - read["start"].as_i64().unwrap(), 59_990_000_000);
    let metadata = read["metadata"].as_array().unwrap();
    assert_eq!(metadata[0][1]["track"], "Spa");
    let lap = &metadata[2][1];
    assert_eq!(
        (&lap["lap"], &lap["kind"], &lap["time_ms"]),
        (&json!("2"), &json!("flying"), &json!("20000"))
    );
}

#[test]
fn a_raw_export_has_a_topic_a_source_and_kind() {
    let place = folder();
    let options = || ExportOptions { raw: true, ..ExportOptions::default() };
    let out = place.path().join("raw.mcap");
    go(&session(place.path(), 100), &out, "mcap", options()).unwrap();
    if let Some(read) = python(READ, &[&out]) {
        assert_eq!(read["topics"], json!({ "/physics": 100, "/graphics": 10 }));
        assert_eq!(read["last"]["/physics"]["slip"], json!([0.1, 0.2, 0.99, -0.99]));
        assert_eq!(read["last"]["/graphics"]["grid"], json!([3, 4]));
    }
    let out = place.path().join("packets.mcap");
    go(&packets(place.path(), 20), &out, "mcap", options()).unwrap();
    if let Some(read) = python(READ, &[&out]) {
        assert_eq!(read["topics"], json!({ "/packets/motion": 20, "/packets/laps": 2 }));
    }
}
