use std::{future::Future, io};

use lana_app::{
    simulation::{self, Scenario},
    Store,
};

use super::{Database, Outcome};

pub(crate) fn migrate(database: &Database) -> Outcome {
    block_on(async {
        Store::connect(&database.database_url)
            .await?
            .migrate()
            .await?;
        Ok(format!(
            "{} migrations applied\n",
            lana_app::migrations().len()
        ))
    })?
}

pub(crate) fn seed(database: &Database) -> Outcome {
    block_on(async {
        let store = Store::connect(&database.database_url).await?;
        store.migrate().await?;
        store.save(&simulation::run(Scenario::default())?).await?;
        let bank = store.load().await?;
        Ok(format!(
            "{} customers, {} deposit accounts, {} credit facilities\n",
            bank.customers().count(),
            bank.deposits().count(),
            bank.facilities().count()
        ))
    })?
}

fn block_on<T>(task: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(task))
}
