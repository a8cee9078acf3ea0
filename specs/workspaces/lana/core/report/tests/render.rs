//! Renders every report over a small journal.

use core_accounting::{Journal, Posting};
use core_report::{definitions, find, render};

const INCOME_STATEMENT: &str = include_str!("expected/income-statement.txt");

fn journal() -> Journal {
    let mut journal = Journal::default();
    for (debit, credit, amount) in [("1010", "3010", "5000.00"), ("1010", "4020", "12.50")] {
        let amount = amount.parse().unwrap();
        let postings = [
            Posting::debit(debit, amount),
            Posting::credit(credit, amount),
        ];
        journal.post("test", &postings).unwrap();
    }
    journal
}

#[test]
fn every_report_renders() {
    let balance = journal().trial_balance();
    for report in definitions().unwrap() {
        let text = render(&report, &balance).unwrap();
        assert!(text.starts_with(&report.title));
        assert!(text.trim_end().ends_with("The books are balanced."));
    }
}

#[test]
fn the_income_statement_is_as_expected() {
    let report = find("income-statement").unwrap();
    let text = render(&report, &journal().trial_balance()).unwrap();
    assert_eq!(text, INCOME_STATEMENT);
}
