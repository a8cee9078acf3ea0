//! Turns the chart of accounts, which auditors keep as a table, into constants.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use money::UsdCents;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../../config/chart-of-accounts.csv");

    let table = fs::read_to_string("../../config/chart-of-accounts.csv")?;
    let out_dir = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    fs::write(Path::new(&out_dir).join("chart.rs"), generate(&table)?)?;
    Ok(())
}

fn generate(table: &str) -> Result<String, Box<dyn Error>> {
    let mut source = String::from("pub static ACCOUNTS: &[Account] = &[\n");
    let rows = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    for row in rows {
        let fields: Vec<_> = row.split(',').map(str::trim).collect();
        let [code, name, kind, threshold] = fields[..] else {
            return Err(format!("expected four fields in '{row}'").into());
        };
        let threshold: UsdCents = threshold.parse()?;
        writeln!(
            source,
            "    Account {{ code: {code:?}, name: {name:?}, kind: AccountKind::{}, alert_threshold: {} }},",
            variant(kind)?,
            threshold.to_rust_expression(),
        )?;
    }
    source.push_str("];\n");
    Ok(source)
}

fn variant(kind: &str) -> Result<&'static str, String> {
    match kind {
        "asset" => Ok("Asset"),
        "liability" => Ok("Liability"),
        "equity" => Ok("Equity"),
        "revenue" => Ok("Revenue"),
        "expense" => Ok("Expense"),
        other => Err(format!("'{other}' is not a kind of account")),
    }
}
