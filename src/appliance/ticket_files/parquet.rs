//! Rows for analysis: a Parquet file of typed columns, each of which may be empty. Times are instants of UTC in milliseconds. The
//! headings are the names that programs know, whatever the reader's language.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as PhysicalType},
    data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type},
    errors::ParquetError,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::Type,
};

use super::Writer;
use crate::{
    desk::exports::{Cell, CellSort},
    error::{Fault, Result},
};

/// Rows of one group: what is kept in memory at once.
const GROUP_ROWS: usize = 20_000;
/// Text of one group, in bytes, after which it is written although it has fewer rows.
const GROUP_BYTES: usize = 32 * 1024 * 1024;

#[derive(Default)]
pub(super) struct ParquetFile {
    file: Option<SerializedFileWriter<Sink>>,
    sink: Sink,
    sorts: Vec<CellSort>,
    rows: Vec<Vec<Cell>>,
    bytes: usize,
}

/// What the writer has written and nobody has taken yet.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Vec<u8> {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn wrong(it: ParquetError) -> Fault {
    Fault::because("writing a Parquet file", it)
}

/// One column that may be empty.
fn column(name: &str, sort: CellSort) -> std::result::Result<Type, ParquetError> {
    let (physical, logical) = match sort {
        CellSort::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        CellSort::Whole => (PhysicalType::INT64, None),
        CellSort::Number => (PhysicalType::DOUBLE, None),
        CellSort::Flag => (PhysicalType::BOOLEAN, None),
        CellSort::Time => (PhysicalType::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
    };
    Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build()
}

/// The values that are there, and for each row whether it has one.
fn split<T>(rows: &mut [Vec<Cell>], at: usize, value: impl Fn(Cell) -> Option<T>) -> (Vec<T>, Vec<i16>) {
    let mut values = Vec::with_capacity(rows.len());
    let mut levels = Vec::with_capacity(rows.len());
    for row in rows {
        let cell = row.get_mut(at).map_or(Cell::Empty, |it| mem::replace(it, Cell::Empty));
        let found = value(cell);
        levels.push(i16::from(found.is_some()));
        values.extend(found);
    }
    (values, levels)
}

impl ParquetFile {
    /// Writes what has come as one group.
    fn group(&mut self) -> std::result::Result<(), ParquetError> {
        let mut rows = mem::take(&mut self.rows);
        self.bytes = 0;
        let Some(file) = self.file.as_mut().filter(|_| !rows.is_empty()) else { return Ok(()) };
        let mut group = file.next_row_group()?;
        let mut at = 0;
        while let Some(mut column) = group.next_column()? {
            match self.sorts.get(at).copied().unwrap_or(CellSort::Text) {
                CellSort::Text => {
                    let (values, levels) = split(&mut rows, at, |it| match it {
                        Cell::Text(it) => Some(ByteArray::from(it.into_bytes())),
                        _ => None,
                    });
                    column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
                }
                CellSort::Whole | CellSort::Time => {
                    let (values, levels) = split(&mut rows, at, |it| match it {
                        Cell::Whole(it) => Some(it),
                        Cell::Time(it) => Some(it.as_millis()),
                        _ => None,
                    });
                    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
                }
                CellSort::Number => {
                    let (values, levels) = split(&mut rows, at, |it| if let Cell::Number(it) = it { Some(it) } else { None });
                    column.typed::<DoubleType>().write_batch(&values, Some(&levels), None)?;
                }
                CellSort::Flag => {
                    let (values, levels) = split(&mut rows, at, |it| if let Cell::Flag(it) = it { Some(it) } else { None });
                    column.typed::<BoolType>().write_batch(&values, Some(&levels), None)?;
                }
            }
            column.close()?;
            at += 1;
        }
        group.close()?;
        file.flush()?;
        Ok(())
    }
}

impl Writer for ParquetFile {
    fn begin(&mut self, headings: &[String], sorts: &[CellSort]) -> Result<Vec<u8>> {
        let columns: std::result::Result<Vec<_>, ParquetError> =
            headings.iter().zip(sorts).map(|(name, sort)| column(name, *sort).map(Arc::new)).collect();
        let schema = columns.and_then(|it| Type::group_type_builder("tickets").with_fields(it).build()).map_err(wrong)?;
        let properties = WriterProperties::builder().set_compression(Compression::LZ4_RAW).set_created_by("lodge".to_owned()).build();
        let file = SerializedFileWriter::new(self.sink.clone(), Arc::new(schema), Arc::new(properties)).map_err(wrong)?;
        self.file = Some(file);
        self.sorts = sorts.to_vec();
        Ok(self.sink.take())
    }

    fn rows(&mut self, rows: Vec<Vec<Cell>>) -> Result<Vec<u8>> {
        let length = |it: &Cell| if let Cell::Text(it) = it { it.len() } else { 8 };
        self.bytes += rows.iter().flatten().map(length).sum::<usize>();
        self.rows.extend(rows);
        if self.rows.len() >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.group().map_err(wrong)?;
        }
        Ok(self.sink.take())
    }

    fn end(&mut self) -> Result<Vec<u8>> {
        self.group().map_err(wrong)?;
        if let Some(file) = self.file.take() {
            file.close().map_err(wrong)?;
        }
        Ok(self.sink.take())
    }
}

#[cfg(test)]
mod tests {
    use parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::RowAccessor,
    };

    use super::*;
    use crate::time::Instant;

    #[test]
    fn what_was_written_is_read_again() {
        let headings = ["number", "count", "when", "share", "flag"].map(str::to_owned);
        let sorts = [CellSort::Text, CellSort::Whole, CellSort::Time, CellSort::Number, CellSort::Flag];
        let mut file = ParquetFile::default();
        let mut bytes = file.begin(&headings, &sorts).unwrap();
        let row = |at: i64| {
            let text = if at % 3 == 0 { Cell::Empty } else { Cell::Text(format!("INC-{at} ü")) };
            vec![text, Cell::Whole(at), Cell::Time(Instant::from_millis(at * 1000)), Cell::Number(at as f64 / 2.0), Cell::Flag(at % 2 == 0)]
        };
        // More than one group.
        let count = GROUP_ROWS as i64 + 500;
        for from in (0..count).step_by(500) {
            bytes.extend(file.rows((from..from + 500).map(row).collect()).unwrap());
        }
        bytes.extend(file.end().unwrap());
        let read = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        assert_eq!((read.metadata().num_row_groups(), read.metadata().file_metadata().num_rows()), (2, count));
        for (at, found) in read.get_row_iter(None).unwrap().enumerate() {
            let found = found.unwrap();
            assert_eq!(found.get_long(1).unwrap(), at as i64);
            assert_eq!(found.get_timestamp_millis(2).unwrap(), at as i64 * 1000);
            assert_eq!(found.get_bool(4).unwrap(), at % 2 == 0);
            match found.get_string(0) {
                Ok(it) => assert_eq!(*it, format!("INC-{at} ü")),
                Err(_) => assert_eq!(at % 3, 0),
            }
        }
    }
}
