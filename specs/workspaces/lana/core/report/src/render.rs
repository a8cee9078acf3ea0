use core_accounting::TrialBalance;
use handlebars::Handlebars;
use serde::Serialize;

use crate::{ReportDefinition, ReportError};

const STATEMENT: &str = include_str!("../templates/statement.hbs");

#[derive(Serialize)]
struct Statement<'a> {
    title: &'a str,
    lines: Vec<Line<'a>>,
    balanced: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    code: &'a str,
    name: String,
    balance: String,
}

/// The report as text, with the balances of its accounts.
///
/// # Errors
/// [`ReportError`] if the template cannot be read or filled.
pub fn render(report: &ReportDefinition, balance: &TrialBalance) -> Result<String, ReportError> {
    let mut engine = Handlebars::new();
    engine.register_escape_fn(handlebars::no_escape);
    engine
        .register_template_string("statement", STATEMENT)
        .map_err(Box::new)?;
    let lines = report
        .accounts
        .iter()
        .filter_map(|code| balance.row(code))
        .map(|row| Line {
            code: row.account.code,
            name: format!("{:<22}", row.account.name),
            balance: format!("{:>16}", row.balance),
        })
        .collect();
    let statement = Statement {
        title: &report.title,
        lines,
        balanced: balance.is_balanced(),
    };
    engine
        .render("statement", &statement)
        .map_err(|error| Box::new(error).into())
}
