//! Runs the binary itself.

use std::process::{Command, Output};

use pretty_assertions::assert_eq;

fn lana(args: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lana-cli"));
    for name in ["VERSION", "COMMITHASH", "BUILDTIME", "DATABASE_URL"] {
        command.env_remove(name);
    }
    command
        .args(args)
        .envs(environment.iter().copied())
        .output()
        .expect("lana-cli starts")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("output is UTF-8")
}

#[test]
fn version_comes_from_the_environment() {
    let environment = [
        ("VERSION", "1.2.3"),
        ("COMMITHASH", "0123abc"),
        ("BUILDTIME", "2026-01-01T00:00:00Z"),
    ];
    let output = lana(&["--version"], &environment);
    assert_eq!(
        stdout(&output),
        "lana-cli 1.2.3 (commit 0123abc, built 2026-01-01T00:00:00Z)\n"
    );
}

#[test]
fn migrations_have_three_fields() {
    let output = lana(&["migrations"], &[]);
    for line in stdout(&output).lines() {
        let fields: Vec<_> = line.split('\t').collect();
        assert_eq!(fields.len(), 3);
        assert!(fields[0].parse::<i64>().is_ok());
        assert_eq!(fields[2].len(), 96);
    }
    assert!(output.status.success());
}

#[test]
fn simulations_repeat() {
    let one = lana(&["simulate", "--customers", "3"], &[]);
    let two = lana(&["simulate", "--customers", "3"], &[]);
    assert!(one.status.success());
    assert_eq!(stdout(&one), stdout(&two));
    assert!(stdout(&one).contains("The books are balanced."));
}

#[test]
fn the_audit_trail_starts_with_its_window() {
    let day = [
        "audit",
        "--from",
        "2024-01-02T00:00:00Z",
        "--until",
        "2024-01-03T00:00:00Z",
    ];
    let output = lana(&day, &[]);
    let mut lines = stdout(&output).lines();
    assert_eq!(
        lines.next(),
        Some(r#"{"from":"2024-01-02T00:00:00Z","until":"2024-01-03T00:00:00Z"}"#)
    );
    assert_eq!(lines.count(), 5);
}

#[test]
fn unknown_reports_are_an_error() {
    let output = lana(&["report", "show", "nonsense"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: there is no report 'nonsense'\n"
    );
}

#[test]
fn no_command_prints_help_and_fails() {
    let output = lana(&[], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Usage: lana-cli"));
}
