fn main() {
    // The migrations are embedded: a new file there means a new program.
    println!("cargo:rerun-if-changed=../migrations");
}
