//! Our Rust code, parsed: for each crate its files, and for each file what it defines, imports and names. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use syn::visit::Visit;

use super::source;

/// One crate under `crates/`.
#[derive(Debug)]
pub(super) struct Crate {
    /// Name of its folder, such as `flow`.
    pub(super) name: String,
    /// Its files by the path of their module: `[]` is `lib.rs`, `["check", "nodes"]` is `check/nodes.rs`.
    pub(super) files: BTreeMap<Vec<String>, File>,
}

/// What one file holds that the house rules ask about.
#[derive(Debug, Default)]
pub(super) struct File {
    /// Path from the root of the repository.
    pub(super) path: String,
    /// Names of the items that it defines.
    pub(super) items: BTreeSet<String>,
    /// What it imports: the name that it gets here, and its path as written.
    pub(super) imports: Vec<(String, Vec<String>)>,
    /// Modules of which it imports every name.
    pub(super) globs: Vec<Vec<String>>,
    /// All paths of two segments or more in its code.
    pub(super) paths: BTreeSet<Vec<String>>,
    /// Its functions.
    pub(super) functions: Vec<Function>,
    /// Names of its structs, enums, unions, traits and type aliases that other files may use.
    pub(super) shared_types: BTreeSet<String>,
    /// Its enums with the names of their variants.
    pub(super) enums: Vec<(String, Vec<String>)>,
}

/// One function with a body.
#[derive(Debug)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// Line on which its signature starts.
    pub(super) line: usize,
    /// Lines from its signature to its closing brace.
    pub(super) n_lines: usize,
}

/// Reads and parses every file below `crates/*/src`.
///
/// # Errors
///
/// When a file is not Rust.
pub(super) fn crates() -> Result<Vec<Crate>> {
    let mut crates: BTreeMap<String, BTreeMap<Vec<String>, File>> = BTreeMap::new();
    for source in source::rust() {
        let Some((name, module)) = module_of(&source.path) else {
            continue;
        };
        if source.is_tests() {
            continue;
        }
        let file = File::parse(&source.path, &source.text)?;
        crates.entry(name).or_default().insert(module, file);
    }
    let crates = crates.into_iter();
    Ok(crates.map(|(name, files)| Crate { name, files }).collect())
}

/// `crates/flow/src/check/nodes.rs` is the module `check::nodes` of the crate `flow`.
fn module_of(path: &str) -> Option<(String, Vec<String>)> {
    let (name, file) = path.strip_prefix("crates/")?.split_once("/src/")?;
    let module = file.strip_suffix(".rs")?;
    let module = if module == "lib" {
        Vec::new()
    } else {
        module.split('/').map(str::to_owned).collect()
    };
    Some((name.to_owned(), module))
}

impl File {
    /// Reads one file.
    ///
    /// # Errors
    ///
    /// When the text is not Rust.
    pub(super) fn parse(path: &str, text: &str) -> Result<Self> {
        let parsed = syn::parse_file(text).with_context(|| format!("cannot parse {path}"))?;
        let mut file = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        file.visit_file(&parsed);
        Ok(file)
    }

    /// The path under which it imports a name.
    pub(super) fn import_of(&self, name: &str) -> Option<&[String]> {
        let mut imports = self.imports.iter();
        imports
            .find(|(it, _)| it == name)
            .map(|(_, path)| path.as_slice())
    }

    fn define(&mut self, name: &syn::Ident) {
        self.items.insert(name.to_string());
    }

    fn define_type(&mut self, name: &syn::Ident, visibility: &syn::Visibility) {
        self.define(name);
        if !matches!(visibility, syn::Visibility::Inherited) {
            self.shared_types.insert(name.to_string());
        }
    }

    fn import(&mut self, mut prefix: Vec<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(it) => {
                prefix.push(it.ident.to_string());
                self.import(prefix, &it.tree);
            }
            syn::UseTree::Name(it) if it.ident == "self" => {
                if let Some(name) = prefix.last().cloned() {
                    self.imports.push((name, prefix));
                }
            }
            syn::UseTree::Name(it) => {
                prefix.push(it.ident.to_string());
                self.imports.push((it.ident.to_string(), prefix));
            }
            syn::UseTree::Rename(it) => {
                if it.ident != "self" {
                    prefix.push(it.ident.to_string());
                }
                self.imports.push((it.rename.to_string(), prefix));
            }
            syn::UseTree::Glob(_) => self.globs.push(prefix),
            syn::UseTree::Group(it) => {
                for tree in &it.items {
                    self.import(prefix.clone(), tree);
                }
            }
        }
    }

    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let line = signature.fn_token.span.start().line;
        let end = block.brace_token.span.close().end().line;
        self.functions.push(Function {
            name: signature.ident.to_string(),
            line,
            n_lines: end + 1 - line,
        });
    }
}

impl<'ast> Visit<'ast> for File {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if attributes(item).iter().any(is_for_tests) {
            return;
        }
        match item {
            syn::Item::Use(it) => return self.import(Vec::new(), &it.tree),
            syn::Item::Struct(it) => self.define_type(&it.ident, &it.vis),
            syn::Item::Union(it) => self.define_type(&it.ident, &it.vis),
            syn::Item::Trait(it) => self.define_type(&it.ident, &it.vis),
            syn::Item::Type(it) => self.define_type(&it.ident, &it.vis),
            syn::Item::Enum(it) => {
                self.define_type(&it.ident, &it.vis);
                let variants = it.variants.iter().map(|it| it.ident.to_string());
                self.enums.push((it.ident.to_string(), variants.collect()));
            }
            syn::Item::Fn(it) => {
                self.define(&it.sig.ident);
                self.measure(&it.sig, &it.block);
            }
            syn::Item::Const(it) => self.define(&it.ident),
            syn::Item::Static(it) => self.define(&it.ident),
            syn::Item::Macro(it) => {
                if let Some(name) = &it.ident {
                    self.define(name);
                }
            }
            _ => {}
        }
        syn::visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !function.attrs.iter().any(is_for_tests) {
            self.measure(&function.sig, &function.block);
            syn::visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.measure(&function.sig, block);
        }
        syn::visit::visit_trait_item_fn(self, function);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let segments = path.segments.iter().map(|it| it.ident.to_string());
            self.paths.insert(segments.collect());
        }
        syn::visit::visit_path(self, path);
    }
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(it) => &it.attrs,
        syn::Item::Enum(it) => &it.attrs,
        syn::Item::Fn(it) => &it.attrs,
        syn::Item::Impl(it) => &it.attrs,
        syn::Item::Mod(it) => &it.attrs,
        syn::Item::Static(it) => &it.attrs,
        syn::Item::Struct(it) => &it.attrs,
        syn::Item::Trait(it) => &it.attrs,
        syn::Item::Type(it) => &it.attrs,
        syn::Item::Use(it) => &it.attrs,
        _ => &[],
    }
}

/// Whether an attribute is `#[cfg(test)]` or `#[test]`.
fn is_for_tests(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    let condition = || attribute.parse_args::<syn::Ident>();
    path.is_ident("test") || path.is_ident("cfg") && condition().is_ok_and(|it| it == "test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_under_tests_is_left_out() {
        let text = "pub struct A;\n#[cfg(test)]\nmod tests { pub struct B; fn c() { x::y(); } }\n";
        let file = File::parse("x.rs", text).unwrap();
        assert_eq!(file.shared_types, BTreeSet::from(["A".to_owned()]));
        assert!(file.functions.is_empty() && file.paths.is_empty());
    }

    #[test]
    fn a_function_is_measured_from_its_signature_to_its_brace() {
        let file = File::parse("x.rs", "/// Doc.\nfn a(\n) {\n    b();\n}\n").unwrap();
        assert_eq!((file.functions[0].line, file.functions[0].n_lines), (2, 4));
    }

    #[test]
    fn imports_keep_the_name_that_they_get() {
        let file = File::parse("x.rs", "use crate::a::{self, B as C, d::*};").unwrap();
        let path = |parts: &[&str]| parts.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        assert_eq!(file.import_of("a"), Some(&*path(&["crate", "a"])));
        assert_eq!(file.import_of("C"), Some(&*path(&["crate", "a", "B"])));
        assert_eq!(file.globs, [path(&["crate", "a", "d"])]);
    }
}
