//! The `keys` commands.

use donewell_app::auth::{
    clock::Clock,
    token::{self, KeyError},
};

use crate::{
    accounts::{self, SettingsError},
    config::Config,
    database::{Database, DatabaseError},
};

/// Why the keys are as they were.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Secret(#[from] SettingsError),
    #[error(transparent)]
    Keys(#[from] KeyError),
}

/// Has another key sign from now on, whether or not a server runs; one that does hears of it at once.
pub async fn rotate(config: &Config) -> Result<(), KeysError> {
    let database = Database::reach(config).await?;
    let outcome = rotate_in(config, &database).await;
    database.close().await;
    outcome?;
    println!("Another key signs from now on. The one before is published for another hour.");
    Ok(())
}

async fn rotate_in(config: &Config, database: &Database) -> Result<(), KeysError> {
    let sealer = accounts::sealer(config)?;
    token::rotate(&database.pool, &sealer, &Clock::default()).await?;
    Ok(())
}
