//! Who leads a campaign, and who inspects.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::{MAX_ENTRIES, check_unique};
use crate::domain::id::Id;
use crate::domain::refusal::{Code, Refusal, Violation, Violations};
use crate::text_enum;

text_enum! {
    /// What somebody is in the leading group (连区政办发〔2023〕56号, annex 1).
    pub enum GroupPosition {
        /// Its head (组长).
        Head = "head",
        /// A deputy of the head (副组长).
        DeputyHead = "deputy_head",
        /// A member (成员).
        Member = "member",
        /// Directs its office (领导小组办公室主任), and may stand among the members as well.
        OfficeDirector = "office_director",
    }
}

/// A person of the leading group (领导小组), as the notice prints them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupMember {
    /// The name.
    #[schema(min_length = 1, max_length = 100, example = "江连城")]
    pub name: String,
    /// The unit that sends them, as it is printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "区财政局")]
    pub unit: Option<String>,
    /// The post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "区财政局办公室主任")]
    pub post: Option<String>,
    /// What they are in the group.
    pub position: GroupPosition,
    /// Their account, a leader's or coordinator's in use, where they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Id>,
}

/// An inspection team (巡检组, of the 专项巡检小组).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Its name, unique in the campaign.
    #[schema(min_length = 1, max_length = 100, example = "第一组")]
    pub name: String,
    /// The account of who leads it, an inspector's in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_id: Option<Id>,
    /// The accounts of its members, inspectors' in use.
    #[schema(max_items = 100)]
    pub member_ids: Vec<Id>,
}

/// Checks a leading group; whether the accounts can be used is the store's to find. A group that is not
/// entered yet is empty.
///
/// # Errors
/// All broken rules at once: no head, a second head or office director, an account twice in one position.
pub fn check_leading_group(members: &[GroupMember]) -> Result<(), Refusal> {
    let mut violations = Violations::default();
    if members.len() > MAX_ENTRIES {
        violations.push(Violation::with("/members", Code::TooLong, MAX_ENTRIES));
        return violations.refuse();
    }
    let has_head = members.iter().any(|member| member.position == GroupPosition::Head);
    violations.require(members.is_empty() || has_head, "/members", Code::Missing);
    for (index, member) in members.iter().enumerate() {
        let at = |field: &str| format!("/members/{index}/{field}");
        violations.text(&at("name"), &member.name, 100);
        violations.optional_text(&at("unit"), member.unit.as_deref(), 100);
        violations.optional_text(&at("post"), member.post.as_deref(), 100);
        let same: Vec<_> =
            members[..index].iter().filter(|other| other.position == member.position).collect();
        let held_by_one = matches!(member.position, GroupPosition::Head | GroupPosition::OfficeDirector);
        violations.require(same.is_empty() || !held_by_one, at("position"), Code::Duplicate);
        let twice = member.user_id.is_some() && same.iter().any(|other| other.user_id == member.user_id);
        violations.require(!twice, at("user_id"), Code::Duplicate);
    }
    violations.refuse()
}

/// Checks the teams of a campaign; whether the accounts can be used is the store's to find.
///
/// # Errors
/// All broken rules at once.
pub fn check_teams(teams: &[Team]) -> Result<(), Refusal> {
    let mut violations = Violations::default();
    if teams.len() > MAX_ENTRIES {
        violations.push(Violation::with("/teams", Code::TooLong, MAX_ENTRIES));
        return violations.refuse();
    }
    check_unique(&mut violations, "/teams", "name", teams.iter().map(|team| &team.name));
    for (index, team) in teams.iter().enumerate() {
        violations.text(&format!("/teams/{index}/name"), &team.name, 100);
        let pointer = format!("/teams/{index}/member_ids");
        if team.member_ids.len() > MAX_ENTRIES {
            violations.push(Violation::with(pointer, Code::TooLong, MAX_ENTRIES));
            continue;
        }
        for (place, id) in team.member_ids.iter().enumerate() {
            let twice = team.member_ids[..place].contains(id);
            violations.require(!twice, format!("{pointer}/{place}"), Code::Duplicate);
        }
    }
    violations.refuse()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, position: GroupPosition, user_id: Option<Id>) -> GroupMember {
        GroupMember { name: name.to_owned(), unit: None, post: None, position, user_id }
    }

    fn found(refusal: Result<(), Refusal>) -> Vec<(String, Code)> {
        let Err(Refusal::Invalid(violations)) = refusal else { panic!("{refusal:?}") };
        violations.into_iter().map(|violation| (violation.pointer, violation.code)).collect()
    }

    #[test]
    fn a_group_has_one_head_and_its_director_may_be_a_member_too() {
        let director = Some(Id::new());
        let group = [
            member("江连城", GroupPosition::Head, Some(Id::new())),
            member("周云台", GroupPosition::Member, director),
            member("周云台", GroupPosition::OfficeDirector, director),
        ];
        assert_eq!(check_leading_group(&group), Ok(()));
        assert_eq!(check_leading_group(&[]), Ok(()));
        assert_eq!(found(check_leading_group(&group[1..])), [("/members".to_owned(), Code::Missing)]);
        let twice =
            [group[0].clone(), member(" ", GroupPosition::Head, None), group[1].clone(), group[1].clone()];
        let expected = [
            ("/members/1/name".to_owned(), Code::Blank),
            ("/members/1/position".to_owned(), Code::Duplicate),
            ("/members/3/user_id".to_owned(), Code::Duplicate),
        ];
        assert_eq!(found(check_leading_group(&twice)), expected);
    }

    #[test]
    fn teams_have_names_of_their_own_and_each_member_once() {
        let (one, two) = (Id::new(), Id::new());
        let team = |name: &str, member_ids: &[Id]| Team {
            name: name.to_owned(),
            head_id: Some(one),
            member_ids: member_ids.to_vec(),
        };
        assert_eq!(check_teams(&[team("第一组", &[one, two]), team("第二组", &[two])]), Ok(()));
        let expected = [
            ("/teams/1/name".to_owned(), Code::Duplicate),
            ("/teams/1/member_ids/1".to_owned(), Code::Duplicate),
        ];
        assert_eq!(found(check_teams(&[team("第一组", &[]), team("第一组", &[two, two])])), expected);
    }
}
