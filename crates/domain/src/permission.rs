//! Who may do what: roles, permissions, and the one table between them (11(4)キ, least privilege).
//!
//! A role is granted to a person for a site and a period. Screens ask for a permission, never for a role.

use crate::codes;

codes! {
    /// A role.
    pub enum Role {
        /// 従事者.
        Operator = "operator",
        /// 業務責任者.
        PersonInCharge = "person_in_charge",
        /// 市職員.
        CityStaff = "city_staff",
        /// 市の管理者.
        CityAdministrator = "city_administrator",
        /// 監査.
        Auditor = "auditor",
        /// システム管理者.
        SystemAdministrator = "system_administrator",
    }
}

codes! {
    /// A permission: what a screen or an act asks for.
    pub enum Permission {
        /// See the day's board.
        SeeToday = "see_today",
        /// See cards, their lists and their story.
        SeeCards = "see_cards",
        /// See reservations and the day's lists, print and export them.
        SeeReservations = "see_reservations",
        /// Take a consignment, inspect cards.
        InspectCards = "inspect_cards",
        /// Transfer cards and letters to the city and count them back.
        TransferBatches = "transfer_batches",
        /// Put cards away, pull them.
        MoveCards = "move_cards",
        /// Set up rooms, cabinets, shelves and boxes, and the kinds of supplies.
        KeepPlaces = "keep_places",
        /// Share one's saved filters of lists with everybody at the site, and remove such.
        ShareFilters = "share_filters",
        /// Arrange the columns of lists for everybody at the site, with the city's agreement.
        ArrangeLists = "arrange_lists",
        /// Print guide letters and labels.
        PrintLetters = "print_letters",
        /// Book, move and cancel for a citizen, by telephone or at the counter.
        Reserve = "reserve",
        /// Book and move beyond the places of a slot or past a deadline that binds the staff, with a reason.
        OverrideRules = "override_rules",
        /// Receive visitors, check papers, transfer to the city.
        ReceiveVisitors = "receive_visitors",
        /// Record the city's issue, from a city account or from a paper that the city signed.
        RecordIssue = "record_issue",
        /// Close the day.
        CloseDay = "close_day",
        /// See the counts of a day.
        SeeReports = "see_reports",
        /// Read journal and register of views.
        ReadJournal = "read_journal",
        /// Read the rules of hours and places.
        SeeRules = "see_rules",
        /// Change rules of hours and places, with the city's agreement.
        ChangeRules = "change_rules",
        /// Write down what a field of personal data is needed for, and ask the city to allow it.
        ProposeLedger = "propose_ledger",
        /// Decide for the city which personal data may be held, and end it.
        DecideLedger = "decide_ledger",
        /// Take over cards and reservations from a former contractor, also beyond the places of a slot.
        TakeOver = "take_over",
        /// Manage accounts and grants.
        ManagePeople = "manage_people",
    }
}

impl Role {
    /// The one table of permissions.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Operator => &[
                P::SeeToday,
                P::SeeCards,
                P::SeeReservations,
                P::InspectCards,
                P::TransferBatches,
                P::MoveCards,
                P::PrintLetters,
                P::Reserve,
                P::ReceiveVisitors,
                P::RecordIssue,
            ],
            Self::PersonInCharge => &[
                P::SeeToday,
                P::SeeCards,
                P::SeeReservations,
                P::InspectCards,
                P::TransferBatches,
                P::MoveCards,
                P::PrintLetters,
                P::Reserve,
                P::ReceiveVisitors,
                P::RecordIssue,
                P::OverrideRules,
                P::KeepPlaces,
                P::ShareFilters,
                P::ArrangeLists,
                P::CloseDay,
                P::SeeReports,
                P::SeeRules,
                P::ChangeRules,
                P::ProposeLedger,
                P::TakeOver,
            ],
            Self::CityStaff => &[
                P::SeeToday,
                P::SeeCards,
                P::SeeReservations,
                P::TransferBatches,
                P::RecordIssue,
                P::SeeReports,
                P::SeeRules,
            ],
            Self::CityAdministrator => &[
                P::SeeToday,
                P::SeeCards,
                P::SeeReservations,
                P::TransferBatches,
                P::RecordIssue,
                P::SeeReports,
                P::SeeRules,
                P::ChangeRules,
                P::ArrangeLists,
                P::ReadJournal,
                P::DecideLedger,
                P::ManagePeople,
            ],
            Self::Auditor => &[P::SeeCards, P::SeeReservations, P::SeeReports, P::SeeRules, P::ReadJournal],
            // The system administrator keeps accounts and rules, and has no business with cards or citizens.
            Self::SystemAdministrator => &[P::SeeRules, P::ProposeLedger, P::ManagePeople],
        }
    }

    /// The roles that somebody with this role may grant and end, and whose accounts they keep. The city decides on its
    /// own people and on who reads the journal, the contractor's administrator on those who run the program; both keep
    /// the accounts of the operators. Nobody decides on their own account.
    ///
    /// The first 市管理者 of a city is made by the system administrator, while there is nobody else
    /// ([`Role::begins_with`]).
    pub fn grants(self) -> &'static [Role] {
        match self {
            Self::CityAdministrator => &[
                Self::Operator,
                Self::PersonInCharge,
                Self::CityStaff,
                Self::CityAdministrator,
                Self::Auditor,
            ],
            Self::SystemAdministrator => &[Self::Operator, Self::PersonInCharge, Self::SystemAdministrator],
            _ => &[],
        }
    }

    /// The role that this one may grant for as long as nobody in the house has it.
    pub fn begins_with(self) -> Option<Role> {
        (self == Self::SystemAdministrator).then_some(Self::CityAdministrator)
    }

    /// Whether the role carries a permission.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Operator => "従事者",
            Self::PersonInCharge => "業務責任者",
            Self::CityStaff => "市職員",
            Self::CityAdministrator => "市管理者",
            Self::Auditor => "監査",
            Self::SystemAdministrator => "システム管理者",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_g_every_permission_has_somebody() {
        for &permission in Permission::ALL {
            assert!(Role::ALL.iter().any(|role| role.may(permission)), "{permission}");
        }
    }

    #[test]
    fn r1_c2_an_operator_overrides_no_rule() {
        let who: Vec<_> = Role::ALL.iter().filter(|role| role.may(Permission::OverrideRules)).collect();
        assert_eq!(who, [&Role::PersonInCharge]);
    }

    #[test]
    fn r4_e_rules_are_changed_by_the_person_in_charge_and_the_city() {
        let who: Vec<_> = Role::ALL.iter().filter(|role| role.may(Permission::ChangeRules)).collect();
        assert_eq!(who, [&Role::PersonInCharge, &Role::CityAdministrator]);
    }

    #[test]
    fn r4_g_every_role_is_granted_by_somebody_and_only_by_those_who_keep_accounts() {
        for &role in Role::ALL {
            assert!(Role::ALL.iter().any(|granting| granting.grants().contains(&role)), "{role}");
            assert_eq!(!role.grants().is_empty(), role.may(Permission::ManagePeople), "{role}");
        }
    }

    #[test]
    fn r4_g_who_runs_the_program_decides_on_nobody_of_the_city() {
        let granted = Role::SystemAdministrator.grants();
        for of_the_city in [Role::CityStaff, Role::CityAdministrator, Role::Auditor] {
            assert!(!granted.contains(&of_the_city), "{of_the_city}");
        }
        assert!(!Role::CityAdministrator.grants().contains(&Role::SystemAdministrator));
        assert_eq!(Role::SystemAdministrator.begins_with(), Some(Role::CityAdministrator));
        assert_eq!(Role::CityAdministrator.begins_with(), None);
    }

    #[test]
    fn r4_g_an_auditor_changes_nothing() {
        use Permission as P;
        let reading = [P::SeeCards, P::SeeReservations, P::SeeReports, P::SeeRules, P::ReadJournal];
        assert!(Role::Auditor.permissions().iter().all(|p| reading.contains(p)));
    }

    #[test]
    fn r4_g_a_system_administrator_sees_no_citizen() {
        for permission in [Permission::SeeCards, Permission::SeeReservations, Permission::ReceiveVisitors] {
            assert!(!Role::SystemAdministrator.may(permission));
        }
    }
}
