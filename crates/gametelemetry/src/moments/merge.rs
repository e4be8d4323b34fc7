//! The sources of a session put together: one moment after another, in the order of time.

use std::collections::VecDeque;
use std::sync::Arc;

use gametelemetry_file::{Header, Timestamp};

use super::stream::{self, Batch, Message, Stream};
use super::{ChannelRequest, DerivedChannel, Moment, StreamEnd, StreamPlan, Whole};

/// The sources of a session, merged.
pub(crate) struct Merged {
    sources: Vec<Source>,
    values: Vec<f64>,
    told: Vec<u64>,
    texts: Vec<Option<Arc<str>>>,
    number: u64,
    derived: Vec<Derived>,
}

struct Source {
    stream: Option<Stream>,
    slots: Vec<usize>,
    batch: Batch,
    row: usize,
    next_text: usize,
    complete_until: Option<Timestamp>,
    /// What is due to be told.
    wholes: VecDeque<Whole>,
    end: Option<StreamEnd>,
}

struct Derived {
    slot: usize,
    inputs: Vec<usize>,
    values: Vec<f64>,
    channel: DerivedChannel,
}

impl Merged {
    /// Starts reading `plans`, each with the header its file begins with, for what `request` wants.
    pub(crate) fn start(
        plans: Vec<(Header, StreamPlan)>,
        mut request: ChannelRequest,
    ) -> std::io::Result<Self> {
        let mut sources = Vec::with_capacity(plans.len());
        for (header, plan) in plans {
            let (numbers, texts) = request.of_source(&header);
            let mut stream = stream::start(plan, &numbers, &texts, request.wholes())?;
            let slots = std::mem::take(&mut stream.slots);
            sources.push(Source::new(stream, slots));
        }
        let derived = request.take_derived().into_iter().map(|channel| {
            let inputs: Vec<usize> = channel.inputs.iter().map(|name| request.want(name).0).collect();
            Derived { slot: request.want(&channel.name).0, values: vec![0.0; inputs.len()], inputs, channel }
        });
        let derived: Vec<Derived> = derived.collect();
        let count = request.count();
        Ok(Self {
            sources,
            values: vec![f64::NAN; count],
            told: vec![0; count],
            texts: vec![None; count],
            number: 0,
            derived,
        })
    }

    /// The next moment, or `None` when all sources have ended.
    pub(crate) fn next_moment(&mut self) -> Option<Moment<'_>> {
        let source = self.next_source()?;
        self.number += 1;
        let timestamp = self.sources.get_mut(source)?.take_row(
            &mut self.values,
            &mut self.told,
            &mut self.texts,
            self.number,
        )?;
        self.derive(timestamp);
        Some(Moment {
            timestamp,
            source,
            number: self.number,
            values: &self.values,
            told: &self.told,
            texts: &self.texts,
        })
    }

    /// The next of what is made of several records, with the number of its source; to be asked for after each moment and
    /// after the last. It comes after the moments of its records.
    pub(crate) fn next_whole(&mut self) -> Option<(usize, Whole)> {
        let mut sources = self.sources.iter_mut().enumerate();
        sources.find_map(|(number, source)| Some((number, source.wholes.pop_front()?)))
    }

    /// How each source ended; to be asked after the last moment.
    pub(crate) fn into_ends(self) -> Vec<Option<StreamEnd>> {
        self.sources.into_iter().map(|source| source.end).collect()
    }

    /// The source whose next row is the earliest of all, once no other can have an earlier one.
    fn next_source(&mut self) -> Option<usize> {
        loop {
            let rows = self.sources.iter().enumerate();
            let earliest = rows.filter_map(|(number, source)| Some((source.next_time()?, number))).min();
            let behind = self.sources.iter_mut().find(|source| source.may_come_before(earliest));
            match behind {
                Some(source) => source.receive(),
                None => return earliest.map(|(_, number)| number),
            }
        }
    }

    /// Works out the derived channels whose inputs this moment told.
    fn derive(&mut self, timestamp: Timestamp) {
        for derived in &mut self.derived {
            let mut is_fresh = false;
            let mut is_known = true;
            for (value, &input) in derived.values.iter_mut().zip(&derived.inputs) {
                *value = self.values.get(input).copied().unwrap_or(f64::NAN);
                is_known &= !value.is_nan();
                is_fresh |= self.told.get(input) == Some(&self.number);
            }
            if !(is_fresh && is_known) {
                continue;
            }
            let value = (derived.channel.function)(&derived.values, timestamp);
            let places = (self.values.get_mut(derived.slot), self.told.get_mut(derived.slot));
            if let (Some(place), Some(told)) = places {
                (*place, *told) = (value, self.number);
            }
        }
    }
}

impl Source {
    fn new(stream: Stream, slots: Vec<usize>) -> Self {
        Self {
            stream: Some(stream),
            slots,
            batch: Batch::default(),
            row: 0,
            next_text: 0,
            complete_until: None,
            wholes: VecDeque::new(),
            end: None,
        }
    }

    fn next_time(&self) -> Option<Timestamp> {
        self.batch.timestamps.get(self.row).copied()
    }

    /// Whether a row that has not been received yet could be earlier than `earliest`.
    fn may_come_before(&self, earliest: Option<(Timestamp, usize)>) -> bool {
        if self.stream.is_none() || self.next_time().is_some() {
            return false;
        }
        match (earliest, self.complete_until) {
            (Some((earliest, _)), Some(until)) => until < earliest,
            _ => true,
        }
    }

    /// Waits for what the thread has next.
    fn receive(&mut self) {
        let Some(stream) = &self.stream else { return };
        match stream.messages.recv() {
            Ok(Message::Batch(batch)) => {
                self.complete_until = batch.complete_until.or(self.complete_until);
                (self.batch, self.row, self.next_text) = (batch, 0, 0);
                self.release_wholes();
            }
            Ok(Message::End(end)) => {
                self.end = Some(*end);
                self.stream = None;
            }
            Err(_) => self.stream = None,
        }
    }

    /// Takes what the next row tells; gives its time.
    fn take_row(
        &mut self,
        values: &mut [f64],
        told: &mut [u64],
        texts: &mut [Option<Arc<str>>],
        number: u64,
    ) -> Option<Timestamp> {
        let timestamp = self.next_time()?;
        let width = self.slots.len();
        let row = self.batch.values.get(self.row * width..(self.row + 1) * width).unwrap_or_default();
        for (&value, &slot) in row.iter().zip(&self.slots) {
            if value.is_nan() {
                continue;
            }
            if let (Some(place), Some(teller)) = (values.get_mut(slot), told.get_mut(slot)) {
                (*place, *teller) = (value, number);
            }
        }
        while let Some((row, slot, text)) = self.batch.texts.get(self.next_text) {
            if *row > self.row {
                break;
            }
            if let (Some(place), Some(teller)) = (texts.get_mut(*slot), told.get_mut(*slot)) {
                (*place, *teller) = (Some(Arc::clone(text)), number);
            }
            self.next_text += 1;
        }
        self.row += 1;
        self.release_wholes();
        Some(timestamp)
    }

    /// What is told after the rows that were taken is due.
    fn release_wholes(&mut self) {
        while self.batch.wholes.front().is_some_and(|(row, _)| *row <= self.row) {
            self.wholes.extend(self.batch.wholes.pop_front().map(|(_, whole)| whole));
        }
    }
}
