//! Why the desk did not do what a person asked of it.

/// Why a command was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Nobody of this name in the settings.
    #[error("nobody called {0} is in the settings; add a [[people]] entry with a name and roles")]
    UnknownPerson(String),
    /// The person does not hold a role that may do this.
    #[error("{person} may not do this: it takes the role {needs}")]
    Role {
        /// Who tried.
        person: String,
        /// What it takes.
        needs: String,
    },
    /// Two different persons are needed.
    #[error("this needs two different persons, one of them in the legal role")]
    SamePerson,
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(String),
    /// The words given make no sense here.
    #[error("{0}")]
    Wrong(String),
    /// The book or the store could not take it.
    #[error("it could not be written, so it was not done")]
    NotKept(#[source] account::AccountError),
    /// The book or the store could not be read.
    #[error("what the desk knew could not be read")]
    NotRead(#[source] account::AccountError),
    /// What is stored does not read.
    #[error(
        "event {seq} of {stream} does not read; the store was changed or is of another version"
    )]
    Damaged {
        /// Which stream.
        stream: String,
        /// Which event.
        seq: u64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl From<account::AccountError> for DeskError {
    fn from(e: account::AccountError) -> Self {
        Self::NotKept(e)
    }
}
