//! Tasks made in the database, with words as people use them: random letters would make the index of the search
//! many times as big as it is in life.

const WORDS: &str = "buy,milk,call,mother,write,letter,pay,rent,book,train,clean,kitchen,fix,bicycle,plan,holiday,read,\
     report,send,parcel,water,plants,learn,piano,visit,dentist,paint,fence,bake,bread,order,glasses,renew,passport,\
     repair,lamp,sort,photos,cancel,contract,return,shoes,answer,neighbour,prepare,talk,check,invoice,wash,curtains,\
     find,recipe,sell,old,table,meet,friends,choose,present,garden,winter,tyres,school,insurance";

/// `count` tasks of one person.
pub fn tasks_sql(owner: &str, count: usize) -> String {
    tasks_of(&format!("(SELECT '{owner}'::uuid AS owner) AS one"), count)
}

/// `each` tasks for every `owner` that the source has: a third of them done, a fifth due some day, every other one
/// described; one task a minute, back from now.
pub fn tasks_of(source: &str, each: usize) -> String {
    let word = |salt: usize| {
        format!("words[1 + (hashint8extended(n, {salt} + hashtext(owner::text)) & 63)::int]")
    };
    let words = |salts: std::ops::Range<usize>| {
        let all: Vec<String> = salts.map(word).collect();
        all.join(" || ' ' || ")
    };
    format!(
        "INSERT INTO task (owner_id, id, title, description, completed_at, due_date, created_at, updated_at)
         SELECT owner,
                (lpad(to_hex((extract(epoch FROM made) * 1000)::bigint), 12, '0') || '7'
                    || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
                {} || ' ' || n,
                CASE WHEN n % 2 = 0 THEN {} ELSE '' END,
                CASE WHEN n % 3 = 0 THEN made + interval '1 hour' END,
                CASE WHEN n % 5 = 0 THEN made::date + (n % 60)::int END,
                made, made
         FROM {source},
              generate_series(1, {each}) AS n,
              LATERAL (SELECT date_trunc('milliseconds', now()) - n * interval '1 minute' AS made) AS time,
              (SELECT string_to_array('{WORDS}', ',') AS words) AS vocabulary;",
        words(0..4),
        words(4..11),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_as_many_as_the_statement_asks_for() {
        assert_eq!(WORDS.split(',').count(), 64);
        assert!(WORDS.split(',').all(|word| word.trim() == word));
    }
}
