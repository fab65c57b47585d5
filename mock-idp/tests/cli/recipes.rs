//! The recipes of the README, run as a CI would run them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::said;

const README: &str = include_str!("../../README.md");
const MARK: &str = "<!-- a test runs these lines -->\n```yaml\n";

/// The blocks that are to be run.
fn recipes() -> Vec<&'static str> {
    let blocks = README.split(MARK).skip(1);
    blocks
        .map(|block| block.split_once("```").unwrap().0)
        .collect()
}

/// The commands of a recipe, without those that install.
fn commands(recipe: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut block = None;
    for line in recipe.lines() {
        let indent = line.len() - line.trim_start().len();
        if block.is_some_and(|depth| indent > depth + 2) {
            let last = commands.last_mut().unwrap();
            last.push_str(line.trim());
            last.push('\n');
            continue;
        }
        block = None;
        let Some(item) = line.trim_start().strip_prefix("- ") else {
            continue;
        };
        match item.strip_prefix("run: ") {
            Some("|") => {
                block = Some(indent);
                commands.push(String::new());
            }
            Some(command) => commands.push(command.into()),
            None if item.starts_with("uses: ") => {}
            None => commands.push(item.into()),
        }
    }
    commands.retain(|command| !command.starts_with("cargo install"));
    commands
}

/// A folder with programs that stand for what the recipe does not bring.
fn tests(folder: &Path) {
    let program = env!("CARGO_BIN_EXE_mock-idp");
    let script = format!(
        "#!/bin/sh\nset -e\n[ \"$1\" = test ]\n'{program}' healthcheck --url \"$ISSUER\"\necho tested at $ISSUER\n"
    );
    let make = folder.join("make");
    std::fs::write(&make, script).unwrap();
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&make, executable).unwrap();
}

#[test]
fn the_recipes_work_as_they_are_written() {
    let recipes = recipes();
    assert_eq!(recipes.len(), 2);
    for recipe in recipes {
        let folder = TempDir::new().unwrap();
        tests(folder.path());
        // What GitHub does between steps; and what a job that ends does with what it started.
        let steps = commands(recipe).join("\n. \"$GITHUB_ENV\"\n");
        let script = format!("trap 'kill $!' EXIT\nset -a\n{steps}\n");
        let program = Path::new(env!("CARGO_BIN_EXE_mock-idp"));
        let path = std::env::join_paths([
            folder.path(),
            program.parent().unwrap(),
            Path::new("/usr/bin"),
            Path::new("/bin"),
        ]);
        std::fs::write(folder.path().join("env"), "").unwrap();
        let mut shell = Command::new("sh");
        shell
            .args(["-ec", &script])
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", path.unwrap())
            .env("GITHUB_ENV", folder.path().join("env"));
        let (code, stdout, stderr) = said(&mut shell);
        assert_eq!(code, Some(0), "{script}\n{stdout}\n{stderr}");
        assert!(stdout.contains("tested at http://127.0.0.1:"), "{stdout}");
        let archive = std::fs::read_to_string(folder.path().join("logins.har")).unwrap();
        assert!(archive.contains("\"version\":\"1.2\""), "{archive}");
    }
}
