use std::sync::{Mutex, MutexGuard, PoisonError};

use core_access::TokenIssuer;

use crate::{simulation, AppError, Bank, Store};

/// What the servers share: the bank, where it is stored, and who may talk to it.
pub struct App {
    bank: Mutex<Bank>,
    store: Option<Store>,
    tokens: TokenIssuer,
}

impl App {
    /// Nothing outlives the process.
    pub fn in_memory(bank: Bank, secret: &[u8]) -> Self {
        Self {
            bank: Mutex::new(bank),
            store: None,
            tokens: TokenIssuer::new(secret),
        }
    }

    /// Starts from the stored state, and stores what changes.
    ///
    /// # Errors
    /// [`AppError`] if the database cannot be reached, migrated or read.
    pub async fn persistent(url: &str, secret: &[u8]) -> Result<Self, AppError> {
        let store = Store::connect(url).await?;
        store.migrate().await?;
        let bank = store.load().await?;
        Ok(Self {
            store: Some(store),
            ..Self::in_memory(bank, secret)
        })
    }

    /// [`Self::persistent`] with a database, else the simulated bank in memory.
    ///
    /// # Errors
    /// As [`Self::persistent`].
    pub async fn open(url: Option<&str>, secret: &[u8]) -> Result<Self, AppError> {
        match url {
            Some(url) => Self::persistent(url, secret).await,
            None => {
                let bank = simulation::run(simulation::Scenario::default())?;
                Ok(Self::in_memory(bank, secret))
            }
        }
    }

    pub const fn tokens(&self) -> &TokenIssuer {
        &self.tokens
    }

    pub fn read<T>(&self, view: impl FnOnce(&Bank) -> T) -> T {
        view(&self.lock())
    }

    /// Applies a change and stores the outcome.
    ///
    /// # Errors
    /// Those of the change and of storing it.
    pub async fn write<T>(
        &self,
        change: impl FnOnce(&mut Bank) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let (value, snapshot) = {
            let mut bank = self.lock();
            let value = change(&mut bank)?;
            (value, self.store.is_some().then(|| bank.clone()))
        };
        if let (Some(store), Some(snapshot)) = (&self.store, snapshot) {
            store.save(&snapshot).await?;
        }
        Ok(value)
    }

    fn lock(&self) -> MutexGuard<'_, Bank> {
        self.bank.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
