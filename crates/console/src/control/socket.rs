//! Binding the control socket: private from its first moment, and never in a running sekisho's place.

use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

/// The bound socket. Its file is removed when this is dropped.
#[derive(Debug)]
pub struct Control {
    pub(super) listener: UnixListener,
    path: PathBuf,
    /// Device and inode of the file, so that another's is never removed.
    file: (u64, u64),
}

/// Why the socket could not be bound.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Somebody answers there.
    #[error(
        "a sekisho already answers at {}; stop it, or give this one a data folder of its own",
        .0.display()
    )]
    InUse(PathBuf),
    /// Something else is there.
    #[error("{} is there and is not a socket; move it away", .0.display())]
    NotASocket(PathBuf),
    /// The file system failed.
    #[error("cannot {doing} the control socket {}: {cause}", path.display())]
    File {
        /// What was being done, as in "bind".
        doing: &'static str,
        /// The socket.
        path: PathBuf,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
}

impl Control {
    /// Binds the socket at `path`, for the present user only. A socket nobody answers at any more
    /// is replaced. Needs a tokio runtime.
    ///
    /// # Errors
    /// When somebody answers there, something else is there, or the file cannot be made.
    pub fn bind(path: &Path) -> Result<Self, SocketError> {
        let fails = |doing| move |cause| SocketError::File { doing, path: path.to_owned(), cause };
        match fs::symlink_metadata(path) {
            Ok(found) if !found.file_type().is_socket() => {
                return Err(SocketError::NotASocket(path.to_owned()));
            }
            Ok(_) if std::os::unix::net::UnixStream::connect(path).is_ok() => {
                return Err(SocketError::InUse(path.to_owned()));
            }
            Ok(_) => {}
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(fails("look at")(why)),
        }
        // Bound inside a private folder and moved into place, it is never open to others, and a
        // stale one is replaced in one step.
        let folder = path.with_file_name(format!(".c{}", std::process::id()));
        clear(&folder);
        DirBuilder::new().mode(0o700).create(&folder).map_err(fails("make a folder for"))?;
        let bound = bind_in(&folder, path);
        clear(&folder);
        let (listener, found) = bound.map_err(fails("bind"))?;
        Ok(Self { listener, path: path.to_owned(), file: identity(&found) })
    }
}

/// Name of the socket in its first folder.
const FIRST: &str = "s";

fn bind_in(folder: &Path, path: &Path) -> io::Result<(UnixListener, Metadata)> {
    let first = folder.join(FIRST);
    let listener = UnixListener::bind(&first)?;
    fs::set_permissions(&first, Permissions::from_mode(0o600))?;
    let found = fs::symlink_metadata(&first)?;
    fs::rename(&first, path)?;
    Ok((listener, found))
}

/// Removes the first folder, and what a crash left in it.
fn clear(folder: &Path) {
    let _ = fs::remove_file(folder.join(FIRST));
    let _ = fs::remove_dir(folder);
}

fn identity(found: &Metadata) -> (u64, u64) {
    (found.dev(), found.ino())
}

impl Drop for Control {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|found| identity(&found) == self.file) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
