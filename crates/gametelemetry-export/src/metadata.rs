//! What a file says of itself beside its rows: where it comes from, and what each column is.
//!
//! For the formats that have a place for it. Reads nothing that is not in [`ExportInfo`].

use gametelemetry::{ExportInfo, Table};
use serde_json::{Map, Value, json};

/// The session in short: names and texts; what is not known is left out.
pub(crate) fn texts(info: &ExportInfo) -> Vec<(&'static str, String)> {
    let part = info.part();
    let all = [
        ("game", info.facts.game.clone()),
        ("session", info.facts.session.clone()),
        ("started", info.facts.started.to_string()),
        ("session_type", part.session_type),
        ("track", part.track),
        ("track_layout", part.track_layout),
        ("car", part.car),
        ("driver", part.driver),
        ("rate_hz", info.hz.map(|hz| hz.to_string()).unwrap_or_default()),
        ("program", info.program().to_owned()),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// All of it as JSON: the session, its sources with their schemas, its laps, and the columns of `table`.
pub(crate) fn document(info: &ExportInfo, table: &Table) -> Value {
    let session: Map<String, Value> =
        texts(info).into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
    let sources = info.facts.sources.iter().map(|source| {
        let (header, schema) = (&source.header, &source.header.schema);
        json!({
            "name": header.source, "schema": schema.name, "version": schema.version,
            "reference": schema.reference, "host": header.host, "writer": header.writer,
            "requested_hz": header.requested_hz, "imported_from": header.imported_from,
        })
    });
    let columns = table.columns.iter().map(|column| {
        json!({
            "name": column.name, "unit": column.unit, "meaning": column.meaning,
            "kind": format!("{:?}", column.kind).to_lowercase(), "fields": column.mappings,
        })
    });
    json!({
        "session": session,
        "sources": sources.collect::<Vec<_>>(),
        "table": { "name": table.name, "source": table.source, "kind": table.kind },
        "columns": columns.collect::<Vec<_>>(),
        "laps": info.laps.laps,
        "parts": info.laps.parts,
    })
}
