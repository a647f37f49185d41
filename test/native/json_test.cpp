#include "io/json.h"

#include "check.h"

using wisecrack::Json;
using wisecrack::JsonError;

TEST(values) {
  const Json v = Json::parse(R"( {"a": [1, -2.5, 3e2, true, false, null], "b": {"c": "x"}} )");
  const auto& a = v.find("a")->array;
  CHECK(a.size() == 6);
  CHECK(a[0].integer() == 1);
  CHECK(a[1].number == -2.5 && !a[1].integer());
  CHECK(a[2].integer() == 300);
  CHECK(a[3].boolean && a[4].is(Json::Kind::Bool) && !a[4].boolean && a[5].is(Json::Kind::Null));
  CHECK(v.find("b")->find("c")->string == "x");
  CHECK(!v.find("z"));
}

TEST(strings) {
  CHECK(Json::parse(R"("\"\\\/\b\f\n\r\t")").string == "\"\\/\b\f\n\r\t");
  CHECK(Json::parse(R"("\u0041\u00e4\u20ac\ud83d\ude00")").string == "A\u00e4\u20ac\U0001F600");
  CHECK_THROWS(JsonError, "surrogate", Json::parse(R"("\ud83d")"));
  CHECK_THROWS(JsonError, "surrogate", Json::parse(R"("\ud83dx")"));
  CHECK_THROWS(JsonError, "lone surrogate", Json::parse(R"("\ude00")"));
  CHECK_THROWS(JsonError, "hexadecimal", Json::parse(R"("\u00g0")"));
  CHECK_THROWS(JsonError, "control", Json::parse("\"a\nb\""));
  CHECK_THROWS(JsonError, "escape", Json::parse(R"("\x")"));
  CHECK_THROWS(JsonError, "end of a string", Json::parse("\"abc"));
  CHECK_THROWS(JsonError, "escape", Json::parse("\"abc\\"));
}

TEST(numbers) {
  CHECK(Json::parse("9007199254740992").integer() == 9007199254740992);
  CHECK(!Json::parse("9007199254740994").integer());
  CHECK(!Json::parse("-1").integer());
  CHECK(Json::parse("78.38367176906169").number == 78.38367176906169);
  CHECK(Json::parse("0.08838834764831845").number == 0.08838834764831845);
  CHECK(Json::parse("1e-05").number == 1e-05);
  for (const char* bad : {"01", "-", "1.", ".5", "1e", "1e+", "+1", "0x1", "1e999", "NaN", "Infinity", "--1"})
    CHECK(!check::message_of<JsonError>([&] { Json::parse(bad); }).empty());
}

TEST(strictness) {
  for (const char* bad : {"", " ", "{", "[", "]", "{]", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "[1 2]", "tru", "nul", "1 2",
                          "// c\n1", "{\"a\":1}x", "[\"a\"", ","})
    CHECK(!check::message_of<JsonError>([&] { Json::parse(bad); }).empty());
  CHECK_THROWS(JsonError, "duplicate key \"a\"", Json::parse(R"({"a":1,"a":2})"));
}

TEST(depth) {
  CHECK(Json::parse(std::string(60, '[') + std::string(60, ']')).is(Json::Kind::Array));
  CHECK_THROWS(JsonError, "64 nested", Json::parse(std::string(1'000'000, '[')));
  CHECK_THROWS(JsonError, "byte", Json::parse(std::string(1'000'000, '{')));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
