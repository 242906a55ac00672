//! Small programs and what they mean, said by hand.

/// Why, a program with its facts, and the rows of its relation `Q`.
pub type Case = (&'static str, &'static str, &'static [&'static [i64]]);

pub const CASES: &[Case] = &[
    (
        "a count and a sum of nothing are 0; the least and the greatest of nothing fail",
        "relation S(x: Int); S(1); S(2); relation T(x: Int, y: Int); T(1, 5); T(1, -7);
         relation Q(x: Int, a: Int, b: Int);
         Q(x, a, b) <- S(x), let a = count { T(x, y) }, let b = sum y { T(x, y) };
         Q(x, a, b) <- S(x), let a = min y { T(x, y) }, let b = max y { T(x, y) };",
        &[&[1, -7, 5], &[1, 2, -2], &[2, 0, 0]],
    ),
    (
        "an aggregate ranges over distinct assignments; `_` is not counted",
        "relation T(x: Int, y: Int, z: Int); T(1, 4, 1); T(1, 4, 2); T(2, 4, 1);
         relation Q(a: Int, b: Int);
         Q(a, b) <- let a = sum y { T(x, y, _) }, let b = count { T(_, y, _) };",
        &[&[8, 1]],
    ),
    (
        "braces with conditions alone range over one assignment or none",
        "param p: Int = 7; relation S(x: Int); S(1); S(2);
         relation Q(x: Int, a: Int);
         Q(x, a) <- S(x), let a = sum p { (x > 1) };",
        &[&[1, 0], &[2, 7]],
    ),
    (
        "arithmetic stays within 64 bits",
        "relation Q(a: Int, b: Int, c: Int);
         Q(a, b, c) <- let a = 9_223_372_036_854_775_807 + 1, let c = 4_000_000_000 * (0 - 4_000_000_000),
             let b = -9_223_372_036_854_775_807 - 5;",
        &[&[i64::MAX, i64::MIN, i64::MIN]],
    ),
    (
        "sums stay within 64 bits, at either end",
        "relation S(a: Int, b: Int); S(1, -9_223_372_036_854_775_807); S(2, -9_223_372_036_854_775_807);
         S(3, 9_223_372_036_854_775_807); S(4, 9_223_372_036_854_775_807);
         relation Q(n: Int);
         Q(n) <- let n = sum b { S(a, b), (a < 3) };
         Q(n) <- let n = sum b { S(a, b), (a > 2) };",
        &[&[i64::MIN], &[i64::MAX]],
    ),
    (
        "texts are compared without case and outer blanks, and have an order",
        "relation S(t: Text); S(\" Fe-1\"); S(\"x\");
         relation Q(n: Int);
         Q(1) <- S(\"FE-1\");
         Q(2) <- S(t), (t.starts_with(\"fE\")), (t < \"X \");
         Q(3) <- S(t), (t != \"fe-1\"), !(t.matches(\"?\"));",
        &[&[1], &[2]],
    ),
    (
        "what is not there can be said of nothing and of names that no fact has",
        "relation S(t: Text, n: Int); S(\"a\", 1);
         relation Q(n: Int);
         Q(1) <- !S(\"nowhere\", _);
         Q(2) <- !S(_, _);
         Q(n) <- let n = 3, !S(\"a\", n);",
        &[&[1], &[3]],
    ),
    (
        "recursion goes on through both atoms and through other relations",
        "relation E(x: Int, y: Int); E(1, 2); E(2, 3); E(3, 4); E(4, 5); E(5, 1);
         relation Odd(x: Int, y: Int); relation Q(x: Int, y: Int);
         Odd(x, y) <- E(x, y);
         Odd(x, z) <- Q(x, y), Odd(y, z);
         Q(x, z) <- Odd(x, y), Odd(y, z), (x == 1);",
        &[&[1, 1], &[1, 2], &[1, 3], &[1, 4], &[1, 5]],
    ),
    (
        "what is compared may come from outside the braces, and be bound later in the text",
        "relation S(n: Int); S(1); S(2);
         relation Q(n: Int, m: Int);
         Q(n, m) <- let m = max n { S(_) }, S(n);",
        &[&[1, 1], &[2, 2]],
    ),
    (
        "likewise through two pairs of braces",
        "relation S(n: Int); S(1); S(2);
         relation Q(n: Int, m: Int);
         Q(n, m) <- let m = max k { let k = sum n { S(x) } }, S(n);",
        &[&[1, 2], &[2, 4]],
    ),
    (
        "an aggregate may take from outside what a `let` makes: the `let` must not bind it anew",
        "relation S(x: Int); S(1); S(2); relation U(w: Int); U(1);
         relation T(z: Int, w: Int); T(0, 1); T(1, 1); T(2, 1);
         relation Q(x: Int, y: Int, c: Int);
         Q(x, y, c) <- U(w), S(x), let y = x + 1, let c = count { T(z, w), (z < y) };",
        &[&[1, 2, 2], &[2, 3, 3]],
    ),
    (
        "what a `let` makes and an aggregate reads may have to be equal to something",
        "relation S(x: Int); S(1); S(2); relation T(z: Int); T(0); T(2); T(3);
         relation Q(x: Int, c: Int);
         Q(x, c) <- S(x), let y = x * x, (x == y), let c = count { T(z), (z > y) };
         Q(x, c) <- S(x), let y = x * x, (y == x), let c = count { T(z), (z < y) };",
        &[&[1, 1], &[1, 2]],
    ),
];
