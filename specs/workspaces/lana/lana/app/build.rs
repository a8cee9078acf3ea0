// A new migration has to recompile this crate: stable rustc tracks files, not listings.
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
