//! Links in Markdown: relative ones name a file or folder of the repository, and an anchor names a heading of its page.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::house::source::Source;

/// Pages of the book.
const BOOK: &str = "docs/src/";
/// Its table of contents.
const SUMMARY: &str = "docs/src/SUMMARY.md";

/// A document as far as links go.
#[derive(Debug, Default)]
struct Page {
    /// Where its links lead, with the line of each.
    links: Vec<(usize, String)>,
    /// Anchors of its headings, as GitHub and mdbook make them.
    anchors: BTreeSet<String>,
}

/// Every relative link that leads nowhere, and every page of the book that its table of contents leaves out.
pub(crate) fn broken(sources: &[Source]) -> Vec<String> {
    let files: BTreeSet<&str> = sources.iter().map(|it| it.path.as_str()).collect();
    let documents = sources.iter().filter(|it| it.extension() == Some("md"));
    let pages: BTreeMap<&str, Page> = documents
        .map(|it| (it.path.as_str(), Page::read(&it.text)))
        .collect();
    let mut broken = Vec::new();
    for (path, page) in &pages {
        for (line, link) in &page.links {
            if let Some(why) = trouble(path, page, link, &files, &pages) {
                broken.push(format!("{path}:{line}: `{link}` {why}"));
            }
        }
    }
    broken.extend(left_out(&pages));
    broken
}

/// What is wrong with a link of a page; nothing if it leads somewhere or out of the repository.
fn trouble(
    path: &str,
    page: &Page,
    link: &str,
    files: &BTreeSet<&str>,
    pages: &BTreeMap<&str, Page>,
) -> Option<&'static str> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = link
        .split_once('#')
        .map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let Some(target) = joined(path, file) else {
        return Some("leads out of the repository");
    };
    let target = if file.is_empty() {
        path.to_owned()
    } else {
        target
    };
    let folder = format!("{}/", target.trim_end_matches('/'));
    let is_folder = target.is_empty() || files.iter().any(|it| it.starts_with(&folder));
    if !files.contains(target.as_str()) && !is_folder {
        return Some("names no file");
    }
    if path.starts_with(BOOK) && pages.contains_key(target.as_str()) && !target.starts_with(BOOK) {
        return Some(
            "leads to a page outside of the book, where mdbook would look for HTML: name its folder",
        );
    }
    let known = if file.is_empty() {
        Some(page)
    } else {
        pages.get(target.as_str())
    };
    let is_there = |anchor: &str| known.is_some_and(|it| it.anchors.contains(anchor));
    anchor
        .is_some_and(|it| !is_there(it))
        .then_some("names no heading")
}

/// A path relative to the folder of a page, from the root of the repository; `None` if it leads above the root.
fn joined(page: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Pages of the book that its table of contents does not name.
fn left_out(pages: &BTreeMap<&str, Page>) -> Vec<String> {
    let Some(summary) = pages.get(SUMMARY) else {
        return Vec::new();
    };
    let named: BTreeSet<String> = summary
        .links
        .iter()
        .filter_map(|(_, link)| joined(SUMMARY, link))
        .collect();
    let book = pages
        .keys()
        .filter(|it| it.starts_with(BOOK) && **it != SUMMARY);
    let missing = book.filter(|it| !named.contains(**it));
    missing
        .map(|it| format!("{it}: not in SUMMARY.md"))
        .collect()
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    let line = text[..range.start].matches('\n').count() + 1;
                    page.links.push((line, dest_url.into_string()));
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let slug = slug(&heading.take().unwrap_or_default());
                    let n_before = taken.entry(slug.clone()).or_default();
                    let anchor = if *n_before == 0 {
                        slug
                    } else {
                        format!("{slug}-{n_before}")
                    };
                    *n_before += 1;
                    page.anchors.insert(anchor);
                }
                Event::Text(it) | Event::Code(it) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&it);
                    }
                }
                _ => {}
            }
        }
        page
    }
}

/// `Why, and why not` is `why-and-why-not`.
fn slug(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase)
        .map(|it| if it == ' ' { '-' } else { it })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with these pages.
    fn found(pages: &[(&str, &str)]) -> Vec<String> {
        let source = |(path, text): &(&str, &str)| Source {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        broken(&pages.iter().map(source).collect::<Vec<_>>())
    }

    #[test]
    fn links_to_files_folders_and_headings_are_fine() {
        let found = found(&[
            (
                "README.md",
                "# A b\n[x](docs/a.md#c-d) [y](docs/) [z](#a-b) [w](https://example.org/#q)",
            ),
            (
                "docs/a.md",
                "## C, d\n[up](../README.md)\n\n```sh\n[no](link.md)\n```",
            ),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_link_that_leads_nowhere_is_named_with_its_line() {
        let found = found(&[("a/b.md", "# B\n\n[x](c.md) [y](#d) [z](../../e)")]);
        assert_eq!(
            found,
            [
                "a/b.md:3: `c.md` names no file",
                "a/b.md:3: `#d` names no heading",
                "a/b.md:3: `../../e` leads out of the repository"
            ]
        );
    }

    #[test]
    fn a_page_that_the_book_leaves_out_is_named() {
        let found = found(&[
            (SUMMARY, "[a](a.md)"),
            ("docs/src/a.md", ""),
            ("docs/src/b.md", ""),
        ]);
        assert_eq!(found, ["docs/src/b.md: not in SUMMARY.md"]);
    }
}
