//! Who leads a campaign and who inspects: its leading group and teams.

use diesel::prelude::*;

use super::WholeList;
use crate::domain::actor::Role;
use crate::domain::campaign::{
    CampaignStatus, GroupMember, GroupPosition, Team, check_leading_group, check_teams,
};
use crate::domain::id::Id;
use crate::domain::refusal::{Code, Refusal, Violations};
use crate::store::bulk::insert_rows;
use crate::store::schema::{campaign_leading_group, campaign_teams, campaigns};
use crate::store::{DbConnection, StoreResult, Write, account};

const STATES: &[CampaignStatus] = &[CampaignStatus::Draft, CampaignStatus::Open];

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = campaign_leading_group, treat_none_as_default_value = false)]
struct MemberRow {
    campaign_id: Id,
    place: i32,
    name: String,
    unit: Option<String>,
    post: Option<String>,
    position: GroupPosition,
    user_id: Option<Id>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = campaign_teams, treat_none_as_default_value = false)]
struct TeamRow {
    campaign_id: Id,
    place: i32,
    name: String,
    head_id: Option<Id>,
    member_ids: String,
}

/// Refuses accounts that are not in use, or hold none of the roles.
fn check_accounts(
    conn: &mut DbConnection,
    named: impl Iterator<Item = (String, Id)>,
    roles: &[Role],
) -> StoreResult<()> {
    let named: Vec<(String, Id)> = named.collect();
    let ids: Vec<Id> = named.iter().map(|(_, id)| *id).collect();
    let usable = account::usable(conn, &ids, roles)?;
    let mut violations = Violations::default();
    for (pointer, id) in named {
        violations.require(usable.contains(&id), pointer, Code::NotFound);
    }
    Ok(violations.refuse()?)
}

impl WholeList for GroupMember {
    const CHANGE: &'static str = "put-leading-group";
    const STATES: &'static [CampaignStatus] = STATES;

    fn check(members: &[Self]) -> Result<(), Refusal> {
        check_leading_group(members)
    }

    fn of(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<Self>> {
        let rows: Vec<MemberRow> = campaign_leading_group::table
            .filter(campaign_leading_group::campaign_id.eq(campaign_id))
            .order(campaign_leading_group::place)
            .select(MemberRow::as_select())
            .load(conn)?;
        let member = |row: MemberRow| Self {
            name: row.name,
            unit: row.unit,
            post: row.post,
            position: row.position,
            user_id: row.user_id,
        };
        Ok(rows.into_iter().map(member).collect())
    }

    fn replace(tx: &mut Write<'_>, campaign_id: Id, members: &[Self]) -> StoreResult<()> {
        let named = members.iter().enumerate();
        let named =
            named.filter_map(|(index, one)| Some((format!("/members/{index}/user_id"), one.user_id?)));
        check_accounts(tx.conn, named, &[Role::Leader, Role::Coordinator])?;
        let old = campaign_leading_group::table.filter(campaign_leading_group::campaign_id.eq(campaign_id));
        diesel::delete(old).execute(tx.conn)?;
        let rows = members.iter().cloned().zip(1..).map(|(member, place)| MemberRow {
            campaign_id,
            place,
            name: member.name,
            unit: member.unit,
            post: member.post,
            position: member.position,
            user_id: member.user_id,
        });
        insert_rows!(tx.conn, campaign_leading_group::table, &rows.collect::<Vec<_>>())?;
        let head = members.iter().find(|member| member.position == GroupPosition::Head);
        diesel::update(campaigns::table.find(campaign_id))
            .set(campaigns::head_id.eq(head.and_then(|head| head.user_id)))
            .execute(tx.conn)?;
        Ok(())
    }
}

impl WholeList for Team {
    const CHANGE: &'static str = "put-teams";
    const STATES: &'static [CampaignStatus] = STATES;

    fn check(teams: &[Self]) -> Result<(), Refusal> {
        check_teams(teams)
    }

    fn of(conn: &mut DbConnection, campaign_id: Id) -> StoreResult<Vec<Self>> {
        let rows: Vec<TeamRow> = campaign_teams::table
            .filter(campaign_teams::campaign_id.eq(campaign_id))
            .order(campaign_teams::place)
            .select(TeamRow::as_select())
            .load(conn)?;
        let team = |row: TeamRow| {
            let member_ids = serde_json::from_str(&row.member_ids)?;
            Ok(Self { name: row.name, head_id: row.head_id, member_ids })
        };
        rows.into_iter().map(team).collect()
    }

    fn replace(tx: &mut Write<'_>, campaign_id: Id, teams: &[Self]) -> StoreResult<()> {
        let named = teams.iter().enumerate().flat_map(|(index, team)| {
            let head = team.head_id.map(|id| (format!("/teams/{index}/head_id"), id));
            let member = move |(place, id): (usize, &Id)| (format!("/teams/{index}/member_ids/{place}"), *id);
            head.into_iter().chain(team.member_ids.iter().enumerate().map(member))
        });
        check_accounts(tx.conn, named, &[Role::Inspector])?;
        let old = campaign_teams::table.filter(campaign_teams::campaign_id.eq(campaign_id));
        diesel::delete(old).execute(tx.conn)?;
        let row = |(team, place): (&Self, i32)| {
            let member_ids = serde_json::to_string(&team.member_ids)?;
            Ok(TeamRow { campaign_id, place, name: team.name.clone(), head_id: team.head_id, member_ids })
        };
        let rows: Vec<TeamRow> = teams.iter().zip(1..).map(row).collect::<StoreResult<_>>()?;
        insert_rows!(tx.conn, campaign_teams::table, &rows)?;
        Ok(())
    }
}
