//! What an import says of a row, of a doubtful stop, and of a mapping that does not fit.

use super::says;
use placet::{
    book::{CellFault, Doubt, DoubtKind, MappingFault, RefusedRow, RowFault},
    consent::{ActError, AppendError, Unproven},
    entry::LineError,
    identity::IdentityError,
    name::{InstantError, NameError},
};

#[test]
fn rows() {
    says(&RefusedRow { line: 7, fault: RowFault::NoAct }, &format!("line 7: {}", RowFault::NoAct));
    let missing = LineError::Missing { field: "until" };
    says(&RowFault::Line(missing), &missing.to_string());
    says(
        &RowFault::Cell { column: 2, name: "ok".to_owned(), fault: CellFault::NotYesOrNo },
        "column 2 (ok): this is none of the words for yes and no: it is not guessed",
    );
    says(
        &RowFault::Cells { expected: 3, found: 2 },
        "this row has 2 cells, the table has 3 columns: it grants nothing, and a do-not-contact mark in it counts unless it surely is not set",
    );
    says(
        &RowFault::SeveralAddresses,
        "several addresses of this row are of the kind that the yes is for: map one of them",
    );
    says(&RowFault::NoAddress, "no address of this row is of the kind that the yes is for");
    says(
        &RowFault::SeveralContacts,
        "several contacts have this address, and the table does not say which one is meant: map a column of ids",
    );
    says(&RowFault::NoAct, "only acts are imported: this is an entry of another type");
    says(
        &RowFault::Unproven(Unproven::Notice),
        "this cannot grant: the notice that was shown is missing: name its id and version",
    );
    says(&RowFault::Act(ActError::UntilNotAfterActed), &ActError::UntilNotAfterActed.to_string());
    says(&RowFault::NotYetDone, "a go cannot have been done after its import: look at the date");
    says(
        &RowFault::UnknownWord { field: "purpose" },
        "no purpose of this name is in the catalogue: declare it, or map it to one that is",
    );
    says(
        &RowFault::UnknownContact,
        "no contact of this id is in the book, and the row has no identity to open one under",
    );
    says(&RowFault::Append(AppendError::IdReused), &AppendError::IdReused.to_string());
}

#[test]
fn doubts() {
    let doubt = |kind| Doubt { line: 3, kind };
    says(
        &doubt(DoubtKind::UnknownWord { field: "channel" }),
        "line 3: the stop is in force, but no channel of this name is in the catalogue: is it misspelt?",
    );
    says(
        &doubt(DoubtKind::ForeignIdentity),
        "line 3: the stop is in force, but the contact does not have its identity: link it, and the stop crosses to whoever shares it",
    );
    says(&doubt(DoubtKind::IdTaken), "line 3: the stop is in force, but its id names another act already");
}

#[test]
fn mappings() {
    says(&MappingFault::Unmapped { column: 4 }, "column 4 is neither mapped nor declared irrelevant");
    says(&MappingFault::SameName { column: 4 }, "column 4 has the name of an earlier one");
    says(
        &MappingFault::NoSuchColumn { place: 2 },
        "the table has no column of the name that stands in place 2 of the mapping",
    );
    says(&MappingFault::Twice { place: 2 }, "place 2 of the mapping repeats an earlier one");
    says(&MappingFault::Missing { field: "contact" }, "no column and no fixed value gives the contact");
    says(
        &MappingFault::Value { place: 5, fault: CellFault::Word },
        "the fixed value in place 5 of the mapping: no actor or method of this name is known",
    );
    says(
        &MappingFault::OneId,
        "a column of act ids goes with one column of answers: several answers are several acts",
    );
    says(&MappingFault::Words, "one word stands for two of yes, no and nothing said");
}

#[test]
fn cells() {
    says(&CellFault::Name(NameError::Empty), &NameError::Empty.to_string());
    says(&CellFault::Identity(IdentityError::EmailForm), &IdentityError::EmailForm.to_string());
    says(&CellFault::Instant(InstantError::Year), &InstantError::Year.to_string());
    says(&CellFault::NotYesOrNo, "this is none of the words for yes and no: it is not guessed");
    says(
        &CellFault::TakenAsSet,
        "this is none of the words for yes and no: the do-not-contact mark is taken as set",
    );
    says(&CellFault::Word, "no actor or method of this name is known");
    says(&CellFault::TooWide, "a yes names exactly one: only a no can cover all of them with `*`");
}
