//! Where tickets wait and who works them: teams, queues (TEN-06, TEN-07), and the categories that tickets are sorted into (TKT-21).

mod category;
mod queue;
mod team;

pub use category::{
    Category, CategoryChange, categories, category_named, change_category, create_category, find_or_create_category, place_in_tree,
};
pub use queue::{Queue, create_queue, fresh_name, give_queue, queue_named, queues, team_of};
pub use team::{TEAM_MEMBERS, Team, TeamChange, change_team, create_team, delete_team, team_members, team_named, teams};
