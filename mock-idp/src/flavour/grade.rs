//! How sure a value of a flavour is: the section of `sources` and the grade that stand behind it, or
//! behind the table it is in.

/// Where a value is from, and how sure it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Graded {
    /// The table and the key, or the text of a line inside a list.
    pub(super) value: String,
    /// Such as `1.4`; none for what no provider says.
    pub(super) section: Option<String>,
    /// A, B, C or U; none for what no provider says.
    pub(super) grade: Option<char>,
    pub(super) note: String,
}

/// The comment behind a line, as section, grade and note.
type Remark = (Option<String>, Option<char>, String);

/// Every value with its grade; a value without one is an error, by its name.
pub(super) fn graded(text: &str) -> Result<Vec<Graded>, String> {
    let mut table = (String::new(), None);
    let mut values = Vec::new();
    let mut is_document = false;
    for line in text.lines() {
        is_document ^= line.matches("'''").count() == 1;
        if line.starts_with('[') {
            table = (header(line).to_owned(), remark(line));
            continue;
        }
        let own = remark(line);
        let Some(name) = key(line) else {
            // A line inside a list or a document speaks for itself, or not at all.
            if let (Some(remark), false) = (own, is_document) {
                let item = line.trim().split(" #").next().unwrap_or_default();
                let value = format!("{}: {}", table.0, item.trim_end_matches(','));
                values.push(of(value, remark));
            }
            continue;
        };
        let value = match table.0.as_str() {
            "" => name.to_owned(),
            table => format!("{table}: {name}"),
        };
        let remark = own.or_else(|| table.1.clone());
        values.push(of(value.clone(), remark.ok_or(value)?));
    }
    Ok(values)
}

fn of(value: String, (section, grade, note): Remark) -> Graded {
    Graded {
        value,
        section,
        grade,
        note,
    }
}

/// `[jwks] # 1.9 A` is `jwks`.
fn header(line: &str) -> &str {
    let line = line.split('#').next().unwrap_or_default().trim();
    line.trim_matches(['[', ']'])
}

/// What stands before ` = ` at the beginning of a line.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(" = ")?;
    let is_key = |char: char| char.is_ascii_alphanumeric() || "_.\"-:/".contains(char);
    (!key.is_empty() && key.chars().all(is_key)).then_some(key)
}

/// `# 1.4 B: why`, or `# ours: why`.
fn remark(line: &str) -> Option<Remark> {
    let (_, comment) = line.rsplit_once(" # ")?;
    let (grade, note) = comment.split_once(": ").unwrap_or((comment, ""));
    if grade == "ours" {
        return Some((None, None, note.into()));
    }
    let (section, grade) = grade.split_once(' ')?;
    let is_section = section.split('.').all(|part| part.parse::<u8>().is_ok());
    let grade = match grade.as_bytes() {
        [grade @ (b'A' | b'B' | b'C' | b'U')] if is_section => char::from(*grade),
        _ => return None,
    };
    Some((Some(section.into()), Some(grade), note.into()))
}

/// What is known of one report alone, or not at all.
pub(super) fn unverified(text: &str) -> Vec<(String, String)> {
    let graded = graded(text).unwrap_or_default();
    let doubtful = graded
        .into_iter()
        .filter(|it| matches!(it.grade, Some('C' | 'U')));
    let described = doubtful.map(|it| {
        let known = match it.grade {
            Some('C') => "one report",
            _ => "seen nowhere",
        };
        let section = it.section.unwrap_or_default();
        let note = if it.note.is_empty() {
            String::new()
        } else {
            format!("; {}", it.note)
        };
        (it.value, format!("{known} (section {section}){note}"))
    });
    described.collect()
}
