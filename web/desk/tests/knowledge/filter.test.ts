import { describe, expect, test } from "vitest";
import { ALL, type Filter, filterOf, narrows, queryOf } from "../../src/knowledge/core/filter";
import { hashOf, type Route, routeOf } from "../../src/knowledge/core/route";

describe("a filter", () => {
  const cases: [string, Partial<Filter>][] = [
    ["", {}],
    ["state=in_review", { state: "in_review" }],
    ["topic=stamp&check=L3", { topic: "stamp", check: "L3" }],
    ["expires_within=90", { expiring: true }],
    ["due=true&voted_down=true&sort=most_used", { due: true, voted_down: true, sort: "most_used" }],
    ["q=%E5%8D%B0%E8%8A%B1%E7%A8%8E+%E5%90%88%E5%90%8C", { q: "印花税 合同" }],
  ];

  test.each(cases)("is the query %j and back", (query, part) => {
    const filter = { ...ALL, ...part };
    expect(queryOf(filter).toString()).toBe(query);
    expect(filterOf(new URLSearchParams(query))).toEqual(filter);
  });

  test("leaves out what is none of ours and blanks around the words", () => {
    expect(filterOf(new URLSearchParams("state=lost&check=L9&sort=size&due=no"))).toEqual(ALL);
    expect(queryOf({ ...ALL, q: "  " }).toString()).toBe("");
  });

  test("narrows by all but state and order", () => {
    expect(narrows({ ...ALL, state: "draft", sort: "due" })).toBe(false);
    expect(narrows({ ...ALL, due: true })).toBe(true);
    expect(narrows({ ...ALL, q: "印花税" })).toBe(true);
  });
});

describe("a route", () => {
  const routes: [string, Route][] = [
    ["#/kb", { screen: "list", filter: ALL }],
    ["#/kb?state=draft", { screen: "list", filter: { ...ALL, state: "draft" } }],
    ["#/kb/new", { screen: "new" }],
    ["#/kb/entry/T09-01", { screen: "entry", id: "T09-01", tab: "read" }],
    ["#/kb/entry/T09-01/history", { screen: "entry", id: "T09-01", tab: "history" }],
    ["#/kb/questions", { screen: "questions", state: "open" }],
    ["#/kb/questions/handled", { screen: "questions", state: "handled" }],
    ["#/kb/try", { screen: "try", entry: null }],
    ["#/kb/try?entry=T09-01", { screen: "try", entry: "T09-01" }],
  ];

  test.each(routes)("stands in the address as %s", (hash, route) => {
    expect(hashOf(route)).toBe(hash);
    expect(routeOf(hash)).toEqual(route);
  });

  test("that nobody knows is the list, and an unknown tab the content", () => {
    expect(routeOf("#/kb/elsewhere")).toEqual({ screen: "list", filter: ALL });
    expect(routeOf("#/kb/entry/T09-01/more")).toEqual({ screen: "entry", id: "T09-01", tab: "read" });
    expect(routeOf("")).toEqual({ screen: "list", filter: ALL });
  });
});
