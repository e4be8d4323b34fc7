//! A format as text: what [`super::PacketFormat::parse`] reads back into an equal one.
//!
//! Writes what cannot be seen otherwise and leaves out what is so anyhow: fields that follow each other have no `at`,
//! bits of one integer stand at it, channels at their fields when their order allows it.

mod channels;
mod fields;
mod toml;

use crate::{Condition, FieldKind, FrameSize, MessageKind, Parts, Schema, Sequence};

use super::kinds::compared;
use super::parse::default_source;
use super::transport::message_text;
use super::types;
use super::{Ask, PacketFormat, Transport};
use crate::{Boundary, Framing};

use channels::Channels;
use fields::FieldPrinter;
use toml::{Entry, decimal, quoted, quoted_list};

/// The text of `format`.
pub(super) fn to_toml(format: &PacketFormat) -> String {
    let schema = &format.schema;
    let channels = Channels::of(format);
    let mut printer = Printer { text: String::new(), big_endian: is_mostly_big(schema), channels };
    printer.head(format);
    if let Some(transport) = &format.transport {
        printer.transport(transport);
    }
    printer.layout(schema);
    let mut head = FieldPrinter::new(printer.big_endian);
    printer.fields(&mut head, &schema.fields, None, fixed(schema.size).filter(|_| schema.kinds.is_empty()));
    printer.channels();
    for kind in &schema.kinds {
        printer.kind(schema, kind, &head);
    }
    printer.text
}

/// Whether it is shorter to say of the little-endian fields that they are.
fn is_mostly_big(schema: &Schema) -> bool {
    let fields = || schema.fields.iter().chain(schema.kinds.iter().flat_map(|kind| &kind.fields));
    let wide = fields().filter(|field| field.kind.size() > 1).count();
    let big = fields().filter(|field| field.kind.size() > 1 && field.big_endian).count();
    big > wide / 2
}

fn fixed(size: FrameSize) -> Option<u32> {
    match size {
        FrameSize::Fixed(size) => Some(size),
        FrameSize::Variable { .. } => None,
    }
}

struct Printer<'f> {
    text: String,
    big_endian: bool,
    channels: Channels<'f>,
}

impl Printer<'_> {
    fn line(&mut self, key: &str, value: &str) {
        self.text.push_str(&format!("{key} = {value}\n"));
    }

    /// A text that may be empty, and is left out then.
    fn words(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.line(key, &quoted(value));
        }
    }

    fn head(&mut self, format: &PacketFormat) {
        self.words("name", &format.name);
        self.words("title", &format.title);
        self.words("version", &format.schema.version);
        self.words("reference", &format.schema.reference);
        self.words("enable", &format.enable);
        if format.source != default_source(format.transport.as_ref()) {
            self.words("source", &format.source);
        }
        if format.schema.name != format.name {
            self.words("schema", &format.schema.name);
        }
    }

    fn transport(&mut self, transport: &Transport) {
        let mut entry = Entry::default();
        let key = match transport {
            Transport::Udp(udp) => {
                entry.raw("port", udp.port);
                if let Some(group) = udp.multicast {
                    entry.text("multicast", &group.to_string());
                }
                if let Some(ask) = &udp.ask {
                    entry.raw("ask", ask_entry(ask));
                }
                "transport.udp"
            }
            Transport::Tcp(tcp) => {
                entry.text("connect", &tcp.connect);
                entry.raw("frame", frame_entry(&tcp.framing));
                greeting(&mut entry, &tcp.greeting);
                "transport.tcp"
            }
            Transport::SharedMemory(memory) => {
                entry.text("map", &memory.map);
                entry.raw("hz", decimal(memory.hz));
                "transport.shared_memory"
            }
        };
        self.line(key, &entry.to_string());
    }

    fn layout(&mut self, schema: &Schema) {
        if self.big_endian {
            self.line("endian", "\"big\"");
        }
        let mut fields =
            schema.fields.iter().chain(schema.kinds.iter().flat_map(|kind| &kind.fields)).peekable();
        if fields.peek().is_some() && fields.all(|field| field.pointer.is_some()) {
            self.line("json", "true");
        }
        if !schema.personal_keys.is_empty() {
            self.line("personal_keys", &quoted_list(&schema.personal_keys));
        }
        if let Some(counter) = &schema.counter {
            self.words("counter", counter);
        }
        let is_default =
            !schema.kinds.is_empty() && Schema::of_kinds("", schema.kinds.clone()).size == schema.size;
        if !is_default {
            self.size(schema.size);
        }
    }

    fn size(&mut self, size: FrameSize) {
        match size {
            FrameSize::Fixed(size) => self.line("size", &size.to_string()),
            FrameSize::Variable { max } => self.line("max_size", &max.to_string()),
        }
    }

    /// The list of fields; `size` is that of a message whose bytes must all be told of.
    fn fields(
        &mut self,
        printer: &mut FieldPrinter,
        fields: &[crate::Field],
        kind: Option<&str>,
        size: Option<u32>,
    ) {
        if fields.is_empty() {
            return;
        }
        let channels = &self.channels;
        let mut entries = printer.entries(fields, |field| channels.inline(field, kind));
        if let Some(size) = size {
            entries.extend(printer.rest(size));
        }
        self.text.push_str("fields = [\n");
        for entry in entries {
            self.text.push_str(&format!("    {entry},\n"));
        }
        self.text.push_str("]\n");
    }

    /// The list of channels, when they do not stand at their fields.
    fn channels(&mut self) {
        let entries = self.channels.entries();
        if entries.is_empty() {
            return;
        }
        self.text.push_str("channels = [\n");
        for entry in entries {
            self.text.push_str(&format!("    {entry},\n"));
        }
        self.text.push_str("]\n");
    }

    fn kind(&mut self, schema: &Schema, kind: &MessageKind, head: &FieldPrinter) {
        self.text.push_str("\n[[kinds]]\n");
        self.words("name", &kind.name);
        self.words("doc", &kind.description);
        self.words("reference", &kind.reference);
        if !kind.when.is_empty() {
            self.line("when", &when(kind));
        }
        self.size(kind.size);
        if let Some(rate) = kind.rate_hz {
            self.line("rate_hz", &decimal(rate));
        }
        if let Some(sequence) = &kind.sequence {
            self.line("sequence", &sequence_text(sequence));
        }
        if !kind.group.is_empty() {
            self.line("group", &quoted_list(&kind.group));
        }
        if let Some(moment) = &kind.moment {
            self.line("moment", &quoted(moment));
        }
        if let Some(parts) = &kind.parts {
            self.line("parts", &parts_entry(parts).to_string());
        }
        let own = kind.fields.strip_prefix(schema.fields.as_slice());
        if own.is_none() {
            self.line("head", "false");
        }
        let mut printer = if own.is_some() { head.clone() } else { FieldPrinter::new(self.big_endian) };
        self.fields(&mut printer, own.unwrap_or(&kind.fields), Some(&kind.name), fixed(kind.size));
    }
}

fn ask_entry(ask: &Ask) -> Entry {
    let mut entry = Entry::default();
    entry.text("host", &ask.host);
    entry.raw("port", ask.port);
    greeting(&mut entry, &ask.greeting);
    if let Some((message, every)) = &ask.heartbeat {
        entry.text("message", &message_text(message));
        entry.raw("every_s", decimal(every.as_secs_f64()));
    }
    entry
}

fn greeting(entry: &mut Entry, messages: &[Vec<u8>]) {
    if !messages.is_empty() {
        let texts: Vec<String> = messages.iter().map(|message| message_text(message)).collect();
        entry.raw("greeting", quoted_list(&texts));
    }
}

fn frame_entry(framing: &Framing) -> Entry {
    let mut entry = Entry::default();
    match &framing.boundary {
        Boundary::Length { bytes, big_endian, includes_itself, offset } => {
            entry.text("length", &format!("u{}", u32::from(*bytes) * 8));
            if *big_endian {
                entry.text("endian", "big");
            }
            if *includes_itself {
                entry.raw("includes_itself", true);
            }
            if *offset > 0 {
                entry.raw("offset", offset);
            }
        }
        Boundary::Delimiter(delimiter) => entry.text("delimiter", &message_text(delimiter)),
    }
    if framing.max_message != Framing::MAX_MESSAGE {
        entry.raw("max_message", framing.max_message);
    }
    entry
}

/// The conditions, by the names of fields when each has one.
fn when(kind: &MessageKind) -> String {
    let mut entry = Entry::default();
    let mut named: Vec<&str> = Vec::new();
    for condition in &kind.when {
        let field = kind.fields.iter().find(|field| {
            let same = (field.offset, compared(field), field.big_endian);
            same == (condition.offset, Some(condition.kind), condition.big_endian)
                && !named.contains(&field.name.as_str())
        });
        let Some(field) = field else { return places(&kind.when) };
        named.push(&field.name);
        let text = if field.kind.is_run() { texts(condition) } else { None };
        entry.raw(&toml::key(&field.name), text.unwrap_or_else(|| values(condition)));
    }
    entry.to_string()
}

fn places(conditions: &[Condition]) -> String {
    let place = |condition: &Condition| {
        let mut entry = Entry::default();
        entry.raw("at", condition.offset);
        entry.text("type", types::name(condition.kind));
        if condition.big_endian {
            entry.text("endian", "big");
        }
        entry.raw("values", format!("[{}]", numbers(condition).join(", ")));
        entry.to_string()
    };
    format!("[{}]", conditions.iter().map(place).collect::<Vec<_>>().join(", "))
}

/// The values as the texts that their bytes are, when they are texts.
fn texts(condition: &Condition) -> Option<String> {
    let size = condition.kind.size() as usize;
    let text = |value: &i64| {
        let mut bytes = value.to_le_bytes().get(..size)?.to_vec();
        if condition.big_endian {
            bytes.reverse();
        }
        let text = String::from_utf8(bytes).ok()?;
        text.chars().all(|c| c.is_ascii_graphic() || c == ' ').then(|| quoted(&text))
    };
    let texts: Vec<String> = condition.values.iter().map(text).collect::<Option<_>>()?;
    match texts.as_slice() {
        [text] => Some(text.clone()),
        _ => Some(format!("[{}]", texts.join(", "))),
    }
}

fn values(condition: &Condition) -> String {
    let numbers = numbers(condition);
    match numbers.as_slice() {
        [number] => number.clone(),
        _ => format!("[{}]", numbers.join(", ")),
    }
}

fn numbers(condition: &Condition) -> Vec<String> {
    let number = |value: &i64| match condition.kind {
        FieldKind::U64 => value.cast_unsigned().to_string(),
        _ => value.to_string(),
    };
    condition.values.iter().map(number).collect()
}

fn sequence_text(sequence: &Sequence) -> String {
    if sequence.step.is_none() && sequence.restarts_with.is_empty() {
        return quoted(&sequence.field);
    }
    let mut entry = Entry::default();
    entry.text("field", &sequence.field);
    if let Some(step) = sequence.step {
        entry.raw("step", step);
    }
    if !sequence.restarts_with.is_empty() {
        entry.raw("restarts_with", quoted_list(&sequence.restarts_with));
    }
    entry.to_string()
}

fn parts_entry(parts: &Parts) -> Entry {
    let mut entry = Entry::default();
    entry.text("number", &parts.number);
    entry.text("count", &parts.count);
    entry.raw("first", parts.first);
    if !parts.message.is_empty() {
        entry.raw("message", quoted_list(&parts.message));
    }
    if let Some(running) = &parts.running {
        entry.text("running", running);
    }
    entry
}
