/* confdefs.h */
#define PACKAGE_NAME "racecheck"
#define PACKAGE_TARNAME "racecheck"
#define PACKAGE_VERSION "0.1.0"
#define PACKAGE_STRING "racecheck 0.1.0"
#define PACKAGE_BUGREPORT ""
#define PACKAGE_URL ""
#define PACKAGE "racecheck"
#define VERSION "0.1.0"
