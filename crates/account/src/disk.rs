//! Writing files so that a power cut leaves the old one or the new one, never half of either.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::AccountError;

/// Where files are written. Unfinished ones are in a folder of their own, never among finished ones.
pub(crate) struct Disk {
    scratch: PathBuf,
    #[cfg(test)]
    pub(crate) room: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl Disk {
    /// A disk that keeps unfinished files in `scratch`, which is emptied.
    pub(crate) fn open(scratch: PathBuf) -> Result<Self, AccountError> {
        let emptied = match fs::remove_dir_all(&scratch) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => fs::create_dir_all(&scratch),
        };
        emptied.map_err(AccountError::file("empty", &scratch))?;
        Ok(Self {
            scratch,
            #[cfg(test)]
            room: std::sync::Arc::new(u64::MAX.into()),
        })
    }

    /// Writes a whole file in one step: others see the old one or the new one. Not yet durable.
    pub(crate) fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), AccountError> {
        self.write(path, bytes, false).map_err(AccountError::file("write", path))
    }

    /// Writes a whole file in one step and makes sure that it stays.
    pub(crate) fn put_durably(&self, path: &Path, bytes: &[u8]) -> Result<(), AccountError> {
        self.write(path, bytes, true).map_err(AccountError::file("write", path))?;
        sync_parent(path)
    }

    fn write(&self, path: &Path, bytes: &[u8], durably: bool) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let unfinished = self.scratch.join("unfinished");
        let mut file = File::create(&unfinished)?;
        self.append(&mut file, bytes)?;
        if durably {
            file.sync_all()?;
        }
        fs::rename(&unfinished, path)
    }

    /// Writes to the end of an open file.
    pub(crate) fn append(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        if let Some(fits) = self.full(bytes.len()) {
            file.write_all(&bytes[..fits])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        file.write_all(bytes)
    }

    /// A disk with little room, for tests: how much of `len` bytes still fits, if not all.
    #[cfg(test)]
    fn full(&self, len: usize) -> Option<usize> {
        use std::sync::atomic::Ordering::Relaxed;
        let room = self.room.load(Relaxed);
        self.room.store(room.saturating_sub(len as u64), Relaxed);
        (room < len as u64).then(|| usize::try_from(room).unwrap_or(0))
    }
}

/// Makes the contents of a file or folder durable.
pub(crate) fn sync(path: &Path) -> Result<(), AccountError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(AccountError::file("make durable", path))
}

/// Makes the name of a file durable.
pub(crate) fn sync_parent(path: &Path) -> Result<(), AccountError> {
    path.parent().map_or(Ok(()), sync)
}

/// Writes a file that only its owner may read, in one step, durably.
pub(crate) fn create_private(path: &Path, bytes: &[u8]) -> Result<(), AccountError> {
    let unfinished = path.with_extension("unfinished");
    let created = match fs::remove_file(&unfinished) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished),
    };
    created
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, path))
        .map_err(AccountError::file("create", path))?;
    sync_parent(path)
}

/// Reads a file if it is there.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, AccountError> {
    read_from(path, 0)
}

/// Reads a file from a byte on; `None` when there is no file or it ends before.
pub(crate) fn read_from(path: &Path, from: u64) -> Result<Option<Vec<u8>>, AccountError> {
    let read = || -> io::Result<_> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() < from {
            return Ok(None);
        }
        file.seek(io::SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    };
    match read() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map_err(AccountError::file("read", path)),
    }
}
