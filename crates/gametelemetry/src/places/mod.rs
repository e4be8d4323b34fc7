//! Where games keep their files: the known folders of Windows, Steam's libraries, the made-up Windows of Proton.
//!
//! A game states a [`Location`] as data; [`Places`] finds the folders that it can mean on this machine. It only looks
//! which folders there are and reads Steam's list of libraries; nothing is changed.
//!
//! ```no_run
//! use gametelemetry::places::{Base, Location, Places};
//!
//! const DEMOS: Location = Location { base: Base::LocalAppData, path: "MyGame/Saved/Demos", steam_app: Some(4711) };
//! for folder in Places::of_this_machine().find(&[DEMOS]) {
//!     println!("{}", folder.display());
//! }
//! ```

mod steam;
mod vdf;

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

pub use vdf::{VdfError, VdfValue, parse_vdf};

/// The folder that a [`Location`] counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Base {
    /// The user's own folder, `C:\Users\NAME`.
    Home,
    /// Documents, also when they were moved to OneDrive.
    Documents,
    /// `Saved Games`.
    SavedGames,
    /// `AppData\Local`.
    LocalAppData,
    /// `AppData\Roaming`.
    RoamingAppData,
    /// `steamapps/common` of any of Steam's libraries.
    SteamCommon,
    /// `C:\Program Files` and `C:\Program Files (x86)`.
    Programs,
}

/// Where a game keeps files, whatever the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// What the path counts from.
    pub base: Base,
    /// The folder, with `/` between its parts.
    pub path: &'static str,
    /// The game's number in Steam, if it is sold there.
    pub steam_app: Option<u32>,
}

/// The folders of one user of Windows, real or made up by Proton.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// `C:\Users\NAME`.
    pub home: PathBuf,
    /// Documents; more than one when it is not known which is used.
    pub documents: Vec<PathBuf>,
    /// `Saved Games`.
    pub saved_games: PathBuf,
    /// `AppData\Local`.
    pub local_app_data: PathBuf,
    /// `AppData\Roaming`.
    pub roaming_app_data: PathBuf,
}

impl Profile {
    /// The folders as Windows makes them in `home`.
    #[must_use]
    pub fn at(home: &Path) -> Self {
        Self {
            home: home.to_owned(),
            documents: ["Documents", "OneDrive/Documents"].map(|path| join(home, path)).to_vec(),
            saved_games: home.join("Saved Games"),
            local_app_data: join(home, "AppData/Local"),
            roaming_app_data: join(home, "AppData/Roaming"),
        }
    }

    fn bases(&self, base: Base) -> &[PathBuf] {
        let one = match base {
            Base::Home => &self.home,
            Base::Documents => return &self.documents,
            Base::SavedGames => &self.saved_games,
            Base::LocalAppData => &self.local_app_data,
            Base::RoamingAppData => &self.roaming_app_data,
            Base::SteamCommon | Base::Programs => return &[],
        };
        std::slice::from_ref(one)
    }
}

/// The folders of one machine, as far as games use them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The user of this Windows; none elsewhere.
    pub profile: Option<Profile>,
    /// Where programs are installed.
    pub programs: Vec<PathBuf>,
    /// Where Steam may be.
    pub steam: Vec<PathBuf>,
    /// The drive C of each made-up Windows that is not Steam's.
    pub wine_drives: Vec<PathBuf>,
}

impl Places {
    /// The folders of this machine and this user.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let Some(home) = env::home_dir() else { return Self::default() };
        if cfg!(windows) { windows(&home) } else { Self::of_linux(&home) }
    }

    /// The folders as Windows makes them in `home`, with Steam in `steam`.
    #[must_use]
    pub fn of_windows(home: &Path, steam: &Path) -> Self {
        Self { profile: Some(Profile::at(home)), steam: vec![steam.to_owned()], ..Self::default() }
    }

    /// The folders of a Linux user: Steam as each kind of package installs it, and Wine's usual folder.
    #[must_use]
    pub fn of_linux(home: &Path) -> Self {
        let steam = [
            ".local/share/Steam",
            ".steam/steam",
            ".steam/root",
            ".var/app/com.valvesoftware.Steam/.local/share/Steam",
            "snap/steam/common/.local/share/Steam",
        ];
        Self {
            steam: steam.map(|path| join(home, path)).to_vec(),
            wine_drives: vec![join(home, ".wine/drive_c")],
            ..Self::default()
        }
    }

    /// Every library of Steam, once.
    #[must_use]
    pub fn steam_libraries(&self) -> Vec<PathBuf> {
        once(self.steam.iter().flat_map(|root| steam::libraries(root)))
    }

    /// The folders that `locations` can mean here: those that are there, and those that are not there yet but belong
    /// to this Windows, or to a game that Steam has installed.
    #[must_use]
    pub fn find(&self, locations: &[Location]) -> Vec<PathBuf> {
        let libraries = self.steam_libraries();
        once(locations.iter().flat_map(|location| self.candidates(*location, &libraries)))
    }

    fn candidates(&self, location: Location, libraries: &[PathBuf]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut add_if = |path: PathBuf, expected: bool| {
            if expected || path.is_dir() {
                found.push(path);
            }
        };
        for base in self.profile.iter().flat_map(|profile| profile.bases(location.base)) {
            add_if(join(base, location.path), true);
        }
        for programs in self.programs.iter().filter(|_| location.base == Base::Programs) {
            add_if(join(programs, location.path), false);
        }
        for library in libraries {
            if location.base == Base::SteamCommon {
                let is_installed = location.steam_app.is_some_and(|app| steam::has_app(library, app));
                add_if(join(&library.join("steamapps/common"), location.path), is_installed);
            }
            for (app, drive) in steam::proton_drives(library) {
                for path in in_drive(&drive, location) {
                    add_if(path, location.steam_app == Some(app));
                }
            }
        }
        for path in self.wine_drives.iter().flat_map(|drive| in_drive(drive, location)) {
            add_if(path, false);
        }
        found
    }
}

/// Where `location` is on a made-up drive C: for each of its users.
fn in_drive(drive: &Path, location: Location) -> Vec<PathBuf> {
    if location.base == Base::Programs {
        let programs = ["Program Files", "Program Files (x86)"];
        // Nobody knows in which of them a game would be installed.
        return programs
            .map(|programs| join(&drive.join(programs), location.path))
            .into_iter()
            .filter(|path| path.is_dir())
            .collect();
    }
    let users = steam::folders_in(&drive.join("users"));
    let own = users.into_iter().filter(|user| user.file_name().is_some_and(|name| name != "Public"));
    let paths = |user: PathBuf| {
        let profile = Profile { documents: vec![user.join("Documents")], ..Profile::at(&user) };
        profile.bases(location.base).iter().map(|base| join(base, location.path)).collect::<Vec<_>>()
    };
    own.flat_map(paths).collect()
}

/// `base` and the parts of `path`, with this system's separators.
fn join(base: &Path, path: &str) -> PathBuf {
    path.split('/').filter(|part| !part.is_empty()).fold(base.to_owned(), |base, part| base.join(part))
}

/// Each folder once, whichever ways lead to it.
fn once(paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let real = |path: &PathBuf| fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    paths.into_iter().filter(|path| seen.insert(real(path))).collect()
}

#[cfg(windows)]
fn windows(home: &Path) -> Places {
    use known_folders::{KnownFolder, get_known_folder_path as known};

    let usual = Profile::at(home);
    let mut documents: Vec<PathBuf> = known(KnownFolder::Documents).into_iter().collect();
    if documents.is_empty() {
        documents = usual.documents;
    }
    let profile = Profile {
        documents,
        saved_games: known(KnownFolder::SavedGames).unwrap_or(usual.saved_games),
        local_app_data: known(KnownFolder::LocalAppData).unwrap_or(usual.local_app_data),
        roaming_app_data: known(KnownFolder::RoamingAppData).unwrap_or(usual.roaming_app_data),
        home: usual.home,
    };
    let programs: Vec<PathBuf> =
        [KnownFolder::ProgramFilesX86, KnownFolder::ProgramFiles].into_iter().filter_map(known).collect();
    // Where people put it; the registry would know, but is not worth another way of reading.
    let elsewhere = ('C'..='H').flat_map(|drive| {
        ["Steam", "SteamLibrary", "Games\\Steam"].map(|folder| PathBuf::from(format!("{drive}:\\{folder}")))
    });
    let steam = programs.iter().map(|programs| programs.join("Steam")).chain(elsewhere).collect();
    Places { profile: Some(profile), programs, steam, wine_drives: Vec::new() }
}

#[cfg(not(windows))]
fn windows(home: &Path) -> Places {
    Places::of_windows(home, &home.join("Steam"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMOS: Location =
        Location { base: Base::LocalAppData, path: "Game/Saved/Demos", steam_app: Some(42) };
    const REPLAYS: Location = Location { base: Base::SteamCommon, path: "Game/replays", steam_app: Some(42) };
    const DOCUMENTS: Location = Location { base: Base::Documents, path: "Game", steam_app: None };

    fn make(folder: &Path) -> PathBuf {
        fs::create_dir_all(folder).unwrap();
        folder.to_owned()
    }

    /// Paths from `home` on, with `/`.
    fn from_home(home: &Path, paths: &[PathBuf]) -> Vec<String> {
        let name = |path: &PathBuf| path.strip_prefix(home).unwrap().to_string_lossy().replace('\\', "/");
        paths.iter().map(name).collect()
    }

    /// A list of libraries that names `library`.
    fn list(library: &Path) -> String {
        let path = library.to_string_lossy().replace('\\', "\\\\");
        format!(
            "\"libraryfolders\"\n{{\n\t\"0\"\n\t{{\n\t\t\"path\"\t\t\"{path}\"\n\t\t\"apps\" {{ \"42\" \"1\" }}\n\t}}\n}}\n"
        )
    }

    #[test]
    fn a_windows_user_s_folders_are_waited_for_and_steam_s_only_where_the_game_is() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        let steam = make(&home.join("Steam"));
        let library = make(&home.join("Library"));
        make(&steam.join("steamapps"));
        fs::write(steam.join("steamapps/libraryfolders.vdf"), list(&library)).unwrap();
        let places = Places::of_windows(home, &steam);
        assert_eq!(from_home(home, &places.steam_libraries()), ["Steam"], "a library that is not there");
        make(&library.join("steamapps"));
        assert_eq!(from_home(home, &places.steam_libraries()), ["Steam", "Library"]);
        let found = from_home(home, &places.find(&[DEMOS, REPLAYS, DOCUMENTS]));
        let own = ["AppData/Local/Game/Saved/Demos", "Documents/Game", "OneDrive/Documents/Game"];
        assert_eq!(found, own);
        fs::write(library.join("steamapps/appmanifest_42.acf"), "").unwrap();
        let found = from_home(home, &places.find(&[REPLAYS]));
        assert_eq!(found, ["Library/steamapps/common/Game/replays"]);
    }

    #[test]
    fn proton_s_windows_is_found_by_the_game_s_number_or_by_what_it_has() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        let steam = ".local/share/Steam/steamapps";
        let user = |app: u32| format!("{steam}/compatdata/{app}/pfx/drive_c/users/steamuser");
        make(&home.join(user(42)));
        make(&home.join(user(77)));
        let places = Places::of_linux(home);
        assert_eq!(
            from_home(home, &places.find(&[DEMOS])),
            [format!("{}/AppData/Local/Game/Saved/Demos", user(42))]
        );
        assert!(places.find(&[DOCUMENTS]).is_empty());
        // A shop's game that was added to Steam has a number that nobody knows.
        make(&home.join(user(77)).join("Documents/Game"));
        make(&home.join(".wine/drive_c/users/someone/Documents/Game"));
        make(&home.join(".wine/drive_c/users/Public/Documents/Game"));
        let expected =
            [format!("{}/Documents/Game", user(77)), ".wine/drive_c/users/someone/Documents/Game".to_owned()];
        assert_eq!(from_home(home, &places.find(&[DOCUMENTS])), expected);
    }

    #[cfg(unix)]
    #[test]
    fn steam_s_many_names_are_one_library() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        let steam = make(&home.join(".local/share/Steam/steamapps"));
        make(&home.join(".steam"));
        std::os::unix::fs::symlink(home.join(".local/share/Steam"), home.join(".steam/steam")).unwrap();
        fs::write(steam.join("libraryfolders.vdf"), list(&home.join(".steam/steam"))).unwrap();
        assert_eq!(from_home(home, &Places::of_linux(home).steam_libraries()), [".local/share/Steam"]);
        fs::write(steam.join("libraryfolders.vdf"), "\"libraryfolders\" {").unwrap();
        assert_eq!(Places::of_linux(home).steam_libraries().len(), 1, "a broken list is passed over");
    }

    #[cfg(windows)]
    #[test]
    fn this_windows_tells_where_the_documents_are() {
        use known_folders::{KnownFolder, get_known_folder_path};

        let documents = get_known_folder_path(KnownFolder::Documents).expect("every Windows has them");
        assert!(documents.is_dir(), "{}", documents.display());
        let places = Places::of_this_machine();
        assert_eq!(places.profile.as_ref().map(|it| &it.documents), Some(&vec![documents.clone()]));
        assert_eq!(places.find(&[DOCUMENTS]), [documents.join("Game")]);
    }
}
