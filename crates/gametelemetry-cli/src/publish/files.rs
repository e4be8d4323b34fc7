//! Writes files as a game does: appended piece by piece, renamed when they are finished. Never outside its folder.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// The folder in which a game keeps its files.
pub(crate) struct Files {
    folder: PathBuf,
    /// Files that were begun.
    pub(crate) begun: u64,
}

impl Files {
    /// In `folder`, which is made when it is not there.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        Ok(Self { folder: folder.to_owned(), begun: 0 })
    }

    /// Appends `bytes` to the file `path`, and renames it when it has a final name.
    pub(crate) fn write(&mut self, path: &str, bytes: &[u8], rename_to: Option<&str>) -> Result<()> {
        let path = self.place(path)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        self.begun += u64::from(!path.exists());
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        file.write_all(bytes)?;
        drop(file);
        if let Some(name) = rename_to {
            let name = self.place(name)?;
            fs::rename(&path, &name).with_context(|| format!("cannot rename {}", path.display()))?;
        }
        Ok(())
    }

    fn place(&self, path: &str) -> Result<PathBuf> {
        let path = Path::new(path);
        if path.components().any(|part| !matches!(part, Component::Normal(_))) {
            bail!("a simulated game writes in its own folder only, not {}", path.display());
        }
        Ok(self.folder.join(path))
    }
}
